"""What a step of training costs in PyTorch, beside the rows of `spinodal bench --only training`.

The same network (two gated recurrent cells of 10 channels, circular padding), the same batch and the same unrolled steps:
forward, backward and the gradients of all weights, without an optimiser. Run by hand on the machine of the other figures,

    pip install torch numpy
    python tests/peers/pytorch_training_step.py [--threads 2] [--grids 16 32] [--batch 4] [--unroll 8]

It prints milliseconds per step, the shortest of as many as fit into four seconds, after one to warm up.
"""

import argparse
import time

import torch
from torch import nn

CHANNELS = 10


def stack(inputs: int, outputs: int) -> nn.Module:
    """W₂·tanh(W₁∗x + b₁) + b₂ with a 3³ and a 1³ kernel."""
    spatial = nn.Conv3d(inputs, outputs, 3, padding=1, padding_mode="circular")
    return nn.Sequential(spatial, nn.Tanh(), nn.Conv3d(outputs, outputs, 1))


class Cell(nn.Module):
    """H' = (1 − u) ⊙ n + u ⊙ H with n = tanh(a_n + candidate(r ⊙ H))."""

    def __init__(self, inputs: int):
        super().__init__()
        self.input = stack(inputs, 3 * CHANNELS)
        self.memory = stack(CHANNELS, 2 * CHANNELS)
        self.candidate = stack(CHANNELS, CHANNELS)

    def forward(self, x: torch.Tensor, memory: torch.Tensor) -> torch.Tensor:
        a_r, a_u, a_n = self.input(x).chunk(3, dim=1)
        h_r, h_u = self.memory(memory).chunk(2, dim=1)
        r, u = torch.sigmoid(a_r + h_r), torch.sigmoid(a_u + h_u)
        n = torch.tanh(a_n + self.candidate(r * memory))
        return n + u * (memory - n)


class Network(nn.Module):
    """φ' = φ + Σ J(i) − J(i−1) over the axes, the flux J from the memory of the second cell."""

    def __init__(self):
        super().__init__()
        self.cells = nn.ModuleList([Cell(1), Cell(CHANNELS)])
        self.output = nn.Sequential(
            nn.Conv3d(CHANNELS, CHANNELS, 1),
            nn.Tanh(),
            nn.Conv3d(CHANNELS, CHANNELS, 1),
            nn.Tanh(),
            nn.Conv3d(CHANNELS, 3, 3, padding=1, padding_mode="circular"),
        )

    def forward(self, phi: torch.Tensor, hidden: list) -> tuple:
        x, remembered = phi, []
        for cell, memory in zip(self.cells, hidden):
            x = cell(x, memory)
            remembered.append(x)
        flux = self.output(x)
        for axis in range(3):
            along = flux[:, axis : axis + 1]
            phi = phi + along - torch.roll(along, 1, dims=axis + 2)
        return phi, remembered


def milliseconds(size: int, batch: int, unroll: int) -> float:
    """The shortest step on boxes of size³ nodes."""
    network = Network()
    phi, truth = (2 * torch.rand(batch, 1, size, size, size) - 1 for _ in range(2))

    def step() -> None:
        network.zero_grad()
        predicted = phi
        hidden = [torch.zeros(batch, CHANNELS, size, size, size)] * 2
        loss = 0
        for _ in range(unroll):
            predicted, hidden = network(predicted, hidden)
            loss = loss + ((predicted - truth) ** 2).mean()
        loss.backward()

    step()
    begin, shortest = time.perf_counter(), float("inf")
    while shortest == float("inf") or time.perf_counter() - begin < 4:
        start = time.perf_counter()
        step()
        shortest = min(shortest, 1e3 * (time.perf_counter() - start))
    return shortest


def main() -> None:
    """Prints one line per grid."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, help="default: PyTorch's choice")
    parser.add_argument("--grids", type=int, nargs="+", default=[16, 32])
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--unroll", type=int, default=8)
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    weights = sum(parameter.numel() for parameter in Network().parameters())
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, {weights} weights")
    for size in args.grids:
        print(f"{size}³: {milliseconds(size, args.batch, args.unroll):.1f} ms per step", flush=True)


if __name__ == "__main__":
    main()
