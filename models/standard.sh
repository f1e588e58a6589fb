#!/usr/bin/env bash
# Makes standard.safetensors again in the present folder: data, training in five parts, and measured errors.
# `spinodal` must be on the path (cargo install --path .). Needs 2.2 GB of disk.
set -euo pipefail

spinodal dataset --out data --seed 1 --sequences 240 --frames 30..600 --late-share 0.15 --late-frames 100..600 \
    --film-share 0.25 --film-roughness 0.5..6 --film-hills 1..4 --validation-share 0.1
spinodal train --engine cpu --data data --out young --seed 1
# The second part: microstructures of all ages, larger batches, and errors that count relative to themselves.
spinodal train --engine cpu --data data --out run --start young/last.safetensors --seed 2 --steps 15000 --batch 8 \
    --learning-rate 2e-3..0 --error-scale 0.1..0.02 --length 600 --growth 0 --unroll 4 --from-start 0.7
# The third part: gradients through twice as many frames, for what interfaces do slowly.
spinodal train --engine cpu --data data --out long --start run/last.safetensors --seed 3 --steps 7500 --batch 8 \
    --learning-rate 1e-3..0 --error-scale 0.03..0.02 --length 600 --growth 0 --unroll 8 --shortest 8 --from-start 0.7
# The fourth part: through twice as many again.
spinodal train --engine cpu --data data --out longer --start long/last.safetensors --seed 4 --steps 4000 --batch 8 \
    --learning-rate 1e-3..0 --error-scale 0.02 --length 600 --growth 0 --unroll 16 --shortest 16 --from-start 0.7
# The fifth part: and again.
spinodal train --engine cpu --data data --out longest --start longer/last.safetensors --seed 5 --steps 2400 --batch 8 \
    --learning-rate 1e-3..0 --error-scale 0.02 --length 600 --growth 0 --unroll 32 --shortest 32 --from-start 0.7
spinodal evaluate --engine cpu --model longest/last.safetensors --out report --record standard.safetensors
