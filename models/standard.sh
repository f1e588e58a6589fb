#!/usr/bin/env bash
# Makes standard.safetensors again in the present folder: data, training in six parts, and measured errors.
# `spinodal` must be on the path (cargo install --path .). Needs 8.7 GB of disk.
set -euo pipefail

spinodal dataset --out data --seed 1
spinodal train --engine cpu --data data --out run --seed 1
# The second part: larger batches, roots of errors, a smaller learning rate that falls to nothing.
spinodal train --engine cpu --data data --out refined --start run/last.safetensors --seed 2 --steps 6000 --batch 8 \
    --learning-rate 2e-3..0 --warmup 100 --error rmse --energy-weight 2 --length 120 --growth 0 --unroll 4 \
    --from-start 0.7 --validate-every 500
# The third part: how microstructures grow old. Walks of up to 600 frames end in states that hardly move; the weights of
# rates and overshoots keep the network still there.
spinodal dataset --out late --seed 7 --sequences 160 --frames 600 --grids 32,32,32,32,48 --late-share 0.3 \
    --late-frames 100..600
spinodal train --engine cpu --data late --out aged --start refined/last.safetensors --seed 3 --steps 12000 --batch 8 \
    --learning-rate 2e-3..0 --warmup 100 --error rmse --energy-weight 2 --rate-weight 0.5 --overshoot-weight 0.3 \
    --length 600 --growth 0 --unroll 4 --from-start 0.7 --validate-every 1000

# The fourth part: all ages together.
spinodal dataset --out mixed --seed 11 --sequences 220 --frames 30..600 --grids 32,32,32,32,48,64 --late-share 0.15 \
    --late-frames 100..600
spinodal train --engine cpu --data mixed --out final --start aged/last.safetensors --seed 4 --steps 5000 --batch 8 \
    --learning-rate 1e-3..0 --warmup 100 --error rmse --energy-weight 2 --rate-weight 0.5 --overshoot-weight 0.3 \
    --length 600 --growth 0 --unroll 4 --from-start 0.7 --validate-every 500

# The fifth part: films, whose faces the solver flattens wherever they lie between the nodes.
spinodal dataset --out rough --seed 21 --sequences 200 --frames 30..600 --grids 32,32,32,48,64 --late-share 0.15 \
    --late-frames 100..600 --film-share 0.4 --validation-share 0.1
spinodal train --engine cpu --data rough --out flattened --start final/last.safetensors --seed 8 --steps 5000 --batch 8 \
    --learning-rate 1e-3..0 --warmup 100 --error rmse --energy-weight 2 --rate-weight 0.1 --overshoot-weight 0.3 \
    --length 600 --growth 0 --unroll 4 --from-start 0.5 --validate-every 500

# The sixth part: films that flatten slowly, and errors that count relative to themselves.
spinodal dataset --out slow --seed 31 --sequences 160 --frames 60..600 --grids 32,32,48,64 --late-share 0.15 \
    --late-frames 100..600 --film-share 0.5 --film-roughness 0.5..6 --film-hills 1..4 --validation-share 0.1
spinodal train --engine cpu --data slow --out slowed --start flattened/last.safetensors --seed 10 --steps 5000 \
    --batch 8 --learning-rate 1e-3..0 --warmup 100 --error log --energy-weight 0.4 --overshoot-weight 0.06 \
    --length 600 --growth 0 --unroll 4 --from-start 0.5 --validate-every 500

spinodal evaluate --engine cpu --model slowed/last.safetensors --out report --record standard.safetensors
