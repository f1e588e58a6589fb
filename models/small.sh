#!/usr/bin/env bash
# Makes small.safetensors again in the present folder: data and training within ten minutes, then its measured errors.
# `spinodal` must be on the path (cargo install --path .).
set -euo pipefail

spinodal dataset --out small-data --seed 1 --sequences 120 --frames 60 --grids 32,32,32,48
spinodal train --preset small --engine cpu --data small-data --out small-run --seed 1
spinodal evaluate --engine cpu --model small-run/last.safetensors --runs 16 --record small.safetensors
