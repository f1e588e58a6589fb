//! Structure factor, domain length and Euler number of the recorded fields, which rows do not hold. Measured off the
//! window's thread, a few frames at a time.

use crate::{
    app::errand::{Errand, answer},
    comparison::Snapshot,
    field::Field,
    metrics::structure::StructureFactor,
    recording::{Frame, Recording},
    surface::{Caps, extract, measures::periodic_euler_number},
};
use std::{
    cmp::Reverse,
    collections::BTreeMap,
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

/// How long frames are measured before they are handed over.
const PORTION: Duration = Duration::from_millis(200);

/// Frames before this one are all measured: coarsening is fastest at first.
const DENSE: usize = 64;

/// About as many frames are measured of a long run.
const MOST: usize = 512;

/// Measures of one field.
#[derive(Debug, Clone)]
pub struct Measure {
    /// The field that was measured, to tell whether another has taken its place.
    field: Weak<Field>,
    /// L, in grid units.
    pub length: f64,
    /// χ of the surface φ = 0 in periodic space.
    pub euler: i64,
}

/// Measures of the reference and the candidates at one frame; `None` where one has no field.
#[derive(Debug, Clone)]
pub struct Moment {
    /// Time in the equation's units.
    pub time: f64,
    /// The reference first.
    pub evolutions: Vec<Option<Measure>>,
}

/// The moments of a run by their frames.
pub type Moments = BTreeMap<usize, Moment>;

/// Structure factors at one frame.
#[derive(Debug, Clone)]
struct Spectra {
    fields: Vec<Weak<Field>>,
    factors: Vec<Option<StructureFactor>>,
}

/// All that has been measured of a run.
#[derive(Default)]
pub struct Survey {
    /// The run, and the candidates in it by their numbers.
    subject: (u64, Vec<u64>),
    moments: Arc<Moments>,
    spectra: Option<Spectra>,
    errand: Option<Errand<Found>>,
    /// The snapshot for which nothing is left to measure.
    complete: Weak<Snapshot>,
    /// Counts the changes.
    revision: u64,
}

/// The answer of a task.
struct Found {
    subject: (u64, Vec<u64>),
    spectra: Option<Spectra>,
    moments: Vec<(usize, Moment)>,
    gone: Vec<usize>,
    /// The snapshot, if nothing is left to measure.
    complete: Weak<Snapshot>,
}

impl Survey {
    /// Receives measurements and starts missing ones: of the frame shown, and of all others if `over_time`. True while
    /// some are under way.
    pub fn pursue(&mut self, snapshot: &Arc<Snapshot>, shown: &Arc<Frame>, over_time: bool) -> bool {
        let subject = (snapshot.run, snapshot.candidates.iter().map(|candidate| candidate.number).collect());
        if self.subject != subject {
            (self.subject, self.spectra, self.complete) = (subject, None, Weak::new());
            self.moments = Arc::default();
            self.revision += 1;
        }
        if let Some(found) = answer(&mut self.errand).filter(|found| found.subject == self.subject) {
            self.take(found);
        }
        let wanted = !self.knows(shown) || over_time && !self.complete.ptr_eq(&Arc::downgrade(snapshot));
        if wanted && self.errand.is_none() {
            let spectra = (!self.knows(shown)).then(|| shown.clone());
            let (subject, snapshot, moments) = (self.subject.clone(), snapshot.clone(), self.moments.clone());
            let work = move || survey(subject, &snapshot, spectra.as_deref(), over_time.then_some(&*moments));
            self.errand = Errand::run("structure", work);
        }
        self.errand.is_some()
    }

    fn take(&mut self, found: Found) {
        self.revision += 1;
        self.spectra = found.spectra.or(self.spectra.take());
        self.complete = found.complete;
        let moments = Arc::make_mut(&mut self.moments);
        found.gone.iter().for_each(|frame| {
            moments.remove(frame);
        });
        moments.extend(found.moments);
    }

    /// Whether the structure factors are those of a frame.
    fn knows(&self, frame: &Frame) -> bool {
        let same = |(known, field): (&Weak<Field>, Option<&Arc<Field>>)| is_of(known, field);
        self.spectra.as_ref().is_some_and(|spectra| {
            let fields = fields(frame);
            spectra.fields.len() == fields.len() && spectra.fields.iter().zip(fields).all(same)
        })
    }

    /// What has been measured so far.
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    /// The structure factor of an evolution at a frame, the reference being the first; `None` while it is not known.
    pub fn structure(&self, frame: &Frame, evolution: usize) -> Option<&StructureFactor> {
        let spectra = self.spectra.as_ref().filter(|_| self.knows(frame))?;
        spectra.factors.get(evolution)?.as_ref()
    }

    /// Counts the changes.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

/// The fields of a frame, the reference's first.
fn fields(frame: &Frame) -> Vec<Option<&Arc<Field>>> {
    [Some(&frame.reference)].into_iter().chain(frame.candidates.iter().map(Option::as_ref)).collect()
}

/// Whether what is known belongs to a field, or to none where there is none.
fn is_of(known: &Weak<Field>, field: Option<&Arc<Field>>) -> bool {
    known.ptr_eq(&field.map_or_else(Weak::new, Arc::downgrade))
}

/// One task: the structure factors of `spectra`, and what is missing in `moments`.
fn survey(
    subject: (u64, Vec<u64>),
    snapshot: &Arc<Snapshot>,
    spectra: Option<&Frame>,
    moments: Option<&Moments>,
) -> Found {
    let spectra = spectra.map(|frame| Spectra {
        fields: fields(frame).into_iter().map(|field| field.map_or_else(Weak::new, Arc::downgrade)).collect(),
        factors: fields(frame).into_iter().map(|field| field.map(|field| StructureFactor::of(field))).collect(),
    });
    let mut found = Found { subject, spectra, moments: Vec::new(), gone: Vec::new(), complete: Weak::new() };
    let (Some(known), recording) = (moments, &*snapshot.recording) else { return found };
    let numbers = frames(recording);
    found.gone = known.keys().filter(|frame| numbers.binary_search(frame).is_err()).copied().collect();
    let begin = Instant::now();
    for frame in coarse_to_fine(&numbers) {
        if known.get(&frame).is_some_and(|moment| is_valid(moment, recording, frame)) {
            continue;
        }
        if begin.elapsed() > PORTION {
            return found;
        }
        match recording.read(frame) {
            Ok(Some(read)) => found.moments.push((frame, measured(&read))),
            // It has been dropped meanwhile.
            Ok(None) => {}
            Err(error) => {
                tracing::warn!("frame {frame} is left out of the plots: {error}");
                // It cannot be measured, which is reported once.
                found.moments.push((frame, Moment { time: 0.0, evolutions: Vec::new() }));
            }
        }
    }
    found.complete = Arc::downgrade(snapshot);
    found
}

/// The numbers of all frames that can be had, in order.
fn frames(recording: &Recording) -> Vec<usize> {
    let on_disk = recording.on_disk();
    let later = recording.frames().into_iter().filter(|frame| *frame >= on_disk);
    (0..on_disk).chain(later).collect()
}

/// Which of the frames are measured, in an order that shows the whole of a curve early.
pub fn coarse_to_fine(frames: &[usize]) -> Vec<usize> {
    let last = frames.last().copied().unwrap_or(0);
    let stride = (last / MOST).next_power_of_two();
    let mut chosen: Vec<_> = frames
        .iter()
        .copied()
        .filter(|frame| *frame < DENSE || frame.is_multiple_of(stride) || *frame == last)
        .collect();
    chosen.sort_by_key(|frame| (Reverse(if *frame == last { u32::MAX } else { frame.trailing_zeros() }), *frame));
    chosen
}

/// Whether what was measured at a frame still holds: a run that went back may have other fields there.
fn is_valid(moment: &Moment, recording: &Recording, frame: usize) -> bool {
    let Some(frame) = recording.frame(frame) else { return true };
    let fields = fields(&frame);
    let known = moment.evolutions.iter().map(|measure| measure.as_ref().map(|measure| &measure.field));
    moment.evolutions.len() == fields.len()
        && known.zip(fields).all(|(known, field)| match known {
            Some(known) => is_of(known, field),
            None => field.is_none(),
        })
}

fn measured(frame: &Frame) -> Moment {
    let measure = |field: &Arc<Field>| Measure {
        field: Arc::downgrade(field),
        length: StructureFactor::of(field).domain_length(),
        euler: periodic_euler_number(&extract(field, 0.0, Caps::Open), &field.grid()),
    };
    let evolutions = fields(frame).into_iter().map(|field| field.map(measure)).collect();
    Moment { time: frame.row.time, evolutions }
}
