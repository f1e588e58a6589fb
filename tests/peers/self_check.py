"""The truth that every engine is checked against when the program starts, computed in double precision by plain loops.

    python3 tests/peers/self_check.py

writes src/engines/truth/solver.f32 and src/engines/truth/network.f32, f32 in C order: 40 explicit steps of the
Cahn–Hilliard equation, and two frames of the standard model, from the same field on 10 × 8 × 6 nodes. To be repeated
when that model is replaced.
"""

import json
import math
import pathlib
import struct
from array import array
from itertools import product

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHAPE = (10, 8, 6)
NODES = list(product(*map(range, SHAPE)))
EPSILON, TIME_STEP, STEPS = 3.0, 0.0025, 40
FRAMES = 2


def index(node):
    x, y, z = (c % side for c, side in zip(node, SHAPE))
    return (x * SHAPE[1] + y) * SHAPE[2] + z


def moved(node, by):
    return index(tuple(c + d for c, d in zip(node, by)))


def start():
    """A field without symmetries, rounded to f32."""

    def phi(x, y, z):
        turn = 2.0 * math.pi
        return 0.6 * math.sin(turn * x / 10 + 0.4) + 0.4 * math.cos(turn * (y / 8 + z / 6)) * math.cos(turn * x / 5)

    return array("f", (phi(*node) for node in NODES)).tolist()


AXES = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
NEIGHBOURS = [[moved(node, by) for axis in AXES for by in (axis, tuple(-c for c in axis))] for node in NODES]


def laplacian(values):
    return [sum(values[j] for j in near) - 6.0 * here for here, near in zip(values, NEIGHBOURS)]


def solver(phi):
    """φ ← φ + Δt ∇²μ, μ = (18/ε)(φ³ − φ) − ε ∇²φ."""
    for _ in range(STEPS):
        mu = [18.0 / EPSILON * (p**3 - p) - EPSILON * l for p, l in zip(phi, laplacian(phi))]
        phi = [p + TIME_STEP * l for p, l in zip(phi, laplacian(mu))]
    return phi


def read_weights(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    weights = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = array("f", data[8 + length + begin : 8 + length + end]).tolist()
            weights[name] = (entry["shape"], values)
    return weights


class Network:
    def __init__(self, weights):
        self.weights = weights

    def convolution(self, name, channels):
        """Periodic, of any odd kernel; channels are lists over the nodes."""
        (outputs, inputs, k, _, _), weight = self.weights[f"{name}.weight"]
        _, bias = self.weights[f"{name}.bias"]
        taps = [tuple(c - k // 2 for c in tap) for tap in product(range(k), repeat=3)]
        near = [[moved(node, tap) for node in NODES] for tap in taps]
        result = []
        for o in range(outputs):
            values = [bias[o]] * len(NODES)
            for i in range(inputs):
                source = channels[i]
                for t, places in enumerate(near):
                    w = weight[(o * inputs + i) * len(taps) + t]
                    values = [v + w * source[j] for v, j in zip(values, places)]
            result.append(values)
        return result

    def stack(self, name, channels):
        return self.convolution(f"{name}.pointwise", tanh(self.convolution(f"{name}.spatial", channels)))

    def cell(self, name, x, memory):
        count = len(memory)
        a, h = self.stack(f"{name}.input", x), self.stack(f"{name}.memory", memory)
        r, u = ([[sigmoid(p + q) for p, q in zip(a[c], h[c])] for c in part] for part in (range(count), range(count, 2 * count)))
        gated = [[p * q for p, q in zip(*pair)] for pair in zip(r, memory)]
        c = self.stack(f"{name}.candidate", gated)
        n = [[math.tanh(p + q) for p, q in zip(*pair)] for pair in zip(a[2 * count :], c)]
        return [[(1.0 - uu) * nn + uu * hh for uu, nn, hh in zip(*three)] for three in zip(u, n, memory)]

    def step(self, phi, memories):
        x, remembered = [phi], []
        for layer, memory in enumerate(memories):
            x = self.cell(f"cells.{layer}", x, memory)
            remembered.append(x)
        x = tanh(self.convolution("output.first", x))
        x = tanh(self.convolution("output.second", x))
        flux = self.convolution("output.last", x)
        for axis, j in zip(AXES, flux):
            before = [moved(node, tuple(-c for c in axis)) for node in NODES]
            phi = [p + j[i] - j[before[i]] for i, p in enumerate(phi)]
        return phi, remembered


def tanh(channels):
    return [[math.tanh(v) for v in channel] for channel in channels]


def sigmoid(value):
    return 1.0 / (1.0 + math.exp(-value))


def network(phi):
    weights = read_weights(ROOT / "models" / "standard.safetensors")
    channels = len(weights["output.first.bias"][1])
    layers = sum(name.endswith("candidate.spatial.bias") for name in weights)
    memories = [[[0.0] * len(NODES) for _ in range(channels)] for _ in range(layers)]
    for _ in range(FRAMES):
        phi, memories = Network(weights).step(phi, memories)
    return phi


folder = ROOT / "src" / "engines" / "truth"
for name, end in (("solver", solver(start())), ("network", network(start()))):
    values = array("f", end)
    (folder / f"{name}.f32").write_bytes(struct.pack(f"<{len(values)}f", *values))
    print(f"{name}: φ from {min(end):.4f} to {max(end):.4f}")
