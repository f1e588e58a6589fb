#!/usr/bin/env bash
# Makes standard.safetensors again in the present folder: data, training in two parts, and measured errors.
# `spinodal` must be on the path (cargo install --path .). Needs 1.6 GB of disk.
set -euo pipefail

spinodal dataset --out data --seed 1
spinodal train --engine cpu --data data --out run --seed 1
# The second part: larger batches, roots of errors, a smaller learning rate that falls to nothing.
spinodal train --engine cpu --data data --out refined --start run/last.safetensors --seed 2 --steps 6000 --batch 8 \
    --learning-rate 2e-3..0 --warmup 100 --error rmse --energy-weight 2 --length 120 --growth 0 --unroll 4 \
    --from-start 0.7 --validate-every 500
spinodal evaluate --model refined/last.safetensors --out report --record standard.safetensors
