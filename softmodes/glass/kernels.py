"""Compiled loops of the computer glass: neighbour list, forces, time steps, Hessian blocks, Monte Carlo moves.

Reduced units, sigma = epsilon = m = 1. Plain arrays in and out; nothing here checks its arguments, the callers do.

Three choices decide the speed, each measured: a *full* neighbour list (no scattered writes), ``error_model="numpy"``
(no branch at a division) and ``uint64`` indices (no wrap-around of negative ones) let LLVM vectorise the pair loops.
`tail` holds the coefficients of r^0, r^2, r^4 and r^6 which the cutoff adds to r^-n. `diameters` are None where all
atoms are alike: what they add is then not compiled at all.
"""

import math
from typing import Any, TypeAlias

import numpy as np

from .compiled import compiled

Array: TypeAlias = np.ndarray
_compiled = compiled(nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})
_ONE = np.uint64(1)
# Unlike atoms come closer than the mean of their diameters, by this times the difference of the two: who would separate
# by size, or crystallise, gains nothing by it.
_NON_ADDITIVITY = 0.2


@_compiled
def _pair_diameter(a: float, b: float) -> float:
    return 0.5 * (a + b) * (1 - _NON_ADDITIVITY * abs(a - b))


@_compiled
def pair_diameters(offsets: Array, neighbours: Array, diameters: Array) -> Array:
    """Return that of every entry of a full neighbour list."""
    found = np.empty(len(neighbours))
    for i in range(len(offsets) - 1):
        for k in range(offsets[i], offsets[i + 1]):
            found[k] = _pair_diameter(diameters[i], diameters[neighbours[k]])
    return found


@_compiled
def _cells(box: Array, reach: float, n: int) -> tuple[Array, Array]:
    """Cells along each edge, and how many beside its own an atom looks into: four at least, or one for all."""
    cells, span = np.empty(3, np.int64), np.empty(3, np.int64)
    for a in range(3):
        # more cells than atoms would help nobody, and an empty box of any size has room for them
        fitting = int(min(box[a] / reach, 2 * np.cbrt(n) + 4))
        cells[a], span[a] = (fitting, 1) if fitting >= 4 else (1, 0)
    return cells, span


@_compiled
def pair_list(positions: Array, box: Array, cutoff: float, skin: float, diameters: Array | None) -> tuple[Array, Array]:
    """Full list of all pairs nearer than cutoff times diameter + skin, as (offsets (n + 1,), neighbours), both uint64.

    Linked cells where at least four fit along an edge; otherwise that whole edge is one cell.
    """
    n, reach = len(positions), cutoff * (1.0 if diameters is None else diameters.max()) + skin
    cells, span = _cells(box, reach, n)
    homes, first, members = _sort_into_cells(positions, box, cells)
    x, y, z, squared = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    for k in range(n):
        x[k], y[k], z[k] = positions[members[k], 0], positions[members[k], 1], positions[members[k], 2]
    if diameters is not None:
        sizes = diameters[members]
    offsets = np.zeros(n + 1, np.uint64)
    # room for a uniform density; a clustered system makes it grow
    neighbours = np.empty(n + int(5 * reach**3 * n / (box[0] * box[1] * box[2])) * n, np.uint64)
    total = np.uint64(0)
    for i in range(n):
        home = homes[i]
        for a in range(home[0] - span[0], home[0] + span[0] + 1):
            for b in range(home[1] - span[1], home[1] + span[1] + 1):
                for c in range(home[2] - span[2], home[2] + span[2] + 1):
                    cell = ((a % cells[0]) * cells[1] + b % cells[1]) * cells[2] + c % cells[2]
                    start, stop = np.uint64(first[cell]), np.uint64(first[cell + 1])
                    if total + stop - start > np.uint64(len(neighbours)):
                        neighbours = np.concatenate((neighbours, np.empty(len(neighbours) + n, np.uint64)))
                    _squared_distances(positions[i], x, y, z, start, stop, box, squared)
                    if diameters is not None:
                        _as_of_one_reach(diameters[i], sizes, start, stop, cutoff, skin, reach, squared)
                    total = _append_near(squared, reach * reach, np.uint64(i), members, start, stop, neighbours, total)
        offsets[i + 1] = total
    return offsets, neighbours[:total].copy()


@_compiled
def _squared_distances(position: Array, x: Array, y: Array, z: Array, start: np.uint64, stop: np.uint64, box: Array,
                       squared: Array) -> None:  # fmt: skip
    """Minimum-image squared distances from one position to atoms start:stop, which lie together in memory."""
    lx, ly, lz = box[0], box[1], box[2]
    for k in range(start, stop):
        dx = position[0] - x[k]
        dy = position[1] - y[k]
        dz = position[2] - z[k]
        dx -= lx * np.rint(dx / lx)
        dy -= ly * np.rint(dy / ly)
        dz -= lz * np.rint(dz / lz)
        squared[k] = dx * dx + dy * dy + dz * dz


@_compiled
def _as_of_one_reach(own: float, sizes: Array, start: np.uint64, stop: np.uint64, cutoff: float, skin: float,
                     reach: float, squared: Array) -> None:  # fmt: skip
    """Scale squared distances start:stop so that `reach` decides about all pairs, of whatever diameter."""
    for k in range(start, stop):
        squared[k] *= (reach / (cutoff * _pair_diameter(own, sizes[k]) + skin)) ** 2


@_compiled
def _append_near(squared: Array, limit: float, i: np.uint64, members: Array, start: np.uint64, stop: np.uint64,
                 neighbours: Array, total: np.uint64) -> np.uint64:  # fmt: skip
    """Append those of members[start:stop] nearer than the limit, atom i itself left out; returns the new total."""
    for k in range(start, stop):
        # written always and kept only when near: no branch for the processor to mispredict
        neighbours[total] = members[k]
        total += np.uint64((squared[k] < limit) & (members[k] != i))
    return total


@_compiled
def _sort_into_cells(positions: Array, box: Array, cells: Array) -> tuple[Array, Array, Array]:
    """Cells (n, 3) of atoms which may lie outside the box; by cell, as cell c holds members[first[c]:first[c + 1]].

    In plain loops: to compile what NumPy has for this takes eight seconds.
    """
    n = len(positions)
    homes, owner, members = np.empty((n, 3), np.int64), np.zeros(n, np.int64), np.empty(n, np.uint64)
    first = np.zeros(cells[0] * cells[1] * cells[2] + 2, np.int64)
    for i in range(n):
        for a in range(3):
            fraction = positions[i, a] / box[a]
            # rounding can turn a tiny negative fraction into exactly 1
            homes[i, a] = min(int((fraction - np.floor(fraction)) * cells[a]), cells[a] - 1)
            owner[i] = owner[i] * cells[a] + homes[i, a]
        first[owner[i] + 2] += 1
    for c in range(2, len(first)):
        first[c] += first[c - 1]
    for i in range(n):
        # the start of a cell moves to its end, which is the start of the next
        members[first[owner[i] + 1]] = i
        first[owner[i] + 1] += 1
    return homes, first, members


@_compiled
def _inverse_power(inverse_square: float, n: np.uint64) -> float:
    """r^-n for an integer 1 <= n <= 31 by binary powers: unlike pow() this vectorises."""
    square, fourth = inverse_square * inverse_square, inverse_square**4
    power = math.sqrt(inverse_square) if n & np.uint64(1) else 1.0
    power *= inverse_square if n & np.uint64(2) else 1.0
    power *= square if n & np.uint64(4) else 1.0
    power *= fourth if n & np.uint64(8) else 1.0
    return power * (fourth * fourth if n & np.uint64(16) else 1.0)


@_compiled
def forces_and_energy(positions: Array, box: Array, diameters: Array | None, offsets: Array, neighbours: Array,
                      exponent: int, cutoff: float, tail: Array, forces: Array) -> float:  # fmt: skip
    """Write the forces (n, 3) and return the energy."""
    lx, ly, lz = box[0], box[1], box[2]
    t0, t2, t4, t6 = tail[0], tail[1], tail[2], tail[3]
    bits, limit = np.uint64(exponent), cutoff * cutoff
    energy = 0.0
    for i in range(np.uint64(len(positions))):
        x, y, z = positions[i, 0], positions[i, 1], positions[i, 2]
        fx = fy = fz = twice = 0.0
        for k in range(offsets[i], offsets[i + _ONE]):
            j = neighbours[k]
            dx = x - positions[j, 0]
            dy = y - positions[j, 1]
            dz = z - positions[j, 2]
            dx -= lx * np.rint(dx / lx)
            dy -= ly * np.rint(dy / ly)
            dz -= lz * np.rint(dz / lz)
            shrink = 1.0 if diameters is None else 1.0 / _pair_diameter(diameters[i], diameters[j]) ** 2
            s = (dx * dx + dy * dy + dz * dz) * shrink
            inverse = 1.0 / s
            power = _inverse_power(inverse, bits)
            push = (exponent * power * inverse - 2 * t2 - s * (4 * t4 + 6 * s * t6)) * shrink
            push = push if s < limit else 0.0
            twice += power + t0 + s * (t2 + s * (t4 + s * t6)) if s < limit else 0.0
            fx += push * dx
            fy += push * dy
            fz += push * dz
        forces[i, 0], forces[i, 1], forces[i, 2] = fx, fy, fz
        energy += 0.5 * twice
    return energy


@_compiled
def verlet_steps(positions: Array, velocities: Array, forces: Array, steps: int, dt: float, slack: float, box: Array,
                 diameters: Array | None, offsets: Array, neighbours: Array, exponent: int, cutoff: float,
                 tail: Array) -> tuple[int, float, bool]:  # fmt: skip
    """Velocity-Verlet steps in place, until `steps` are done or an atom has moved by more than `slack`.

    `forces` belong to `positions` on entry. Returns (steps completed, energy, stale); when stale, one further step has
    been begun: its positions are new, its forces and second half-kick wait for a new list.
    """
    start = positions.copy()
    energy = 0.0
    for step in range(steps):
        farthest = 0.0
        for i in range(np.uint64(len(positions))):
            moved = 0.0
            for a in range(np.uint64(3)):
                velocities[i, a] += 0.5 * dt * forces[i, a]
                positions[i, a] += dt * velocities[i, a]
                moved += (positions[i, a] - start[i, a]) ** 2
            farthest = max(farthest, moved)
        if farthest > slack * slack:
            return step, energy, True
        energy = forces_and_energy(positions, box, diameters, offsets, neighbours, exponent, cutoff, tail, forces)
        velocities += 0.5 * dt * forces
    return steps, energy, False


@_compiled
def hessian_blocks(positions: Array, box: Array, offsets: Array, neighbours: Array, first: Array,
                   second: Array) -> tuple[Array, Array]:  # fmt: skip
    """Write the 3 x 3 blocks of the Hessian: the diagonal one of each atom, then one per neighbour.

    `first` is u'/r and `second` is u'' for every entry of `neighbours`.
    """
    blocks = np.empty((len(neighbours) + len(positions), 3, 3))
    columns = np.empty(len(blocks), np.int32)
    bond = np.empty(3)
    for i in range(len(positions)):
        home = offsets[i] + np.uint64(i)
        blocks[home] = 0.0
        columns[home] = i
        for k in range(offsets[i], offsets[i + 1]):
            j = neighbours[k]
            for a in range(3):
                bond[a] = positions[i, a] - positions[j, a]
                bond[a] -= box[a] * np.rint(bond[a] / box[a])
            radial = (second[k] - first[k]) / (bond[0] ** 2 + bond[1] ** 2 + bond[2] ** 2)
            place = k + np.uint64(i) + _ONE
            columns[place] = j
            for a in range(3):
                for b in range(3):
                    stiffness = radial * bond[a] * bond[b] + (first[k] if a == b else 0.0)
                    blocks[place, a, b] = -stiffness
                    blocks[home, a, b] += stiffness
    return blocks, columns


@_compiled
def _atom_energy(i: int, place: Array, own: float, positions: Array, box: Array, diameters: Array, offsets: Array,
                 neighbours: Array, exponent: int, cutoff: float, tail: Array) -> float:  # fmt: skip
    """Energy of the pairs of atom i, were it at a place and of a diameter of its own."""
    x, y, z = place[0], place[1], place[2]
    lx, ly, lz = box[0], box[1], box[2]
    t0, t2, t4, t6 = tail[0], tail[1], tail[2], tail[3]
    bits, limit = np.uint64(exponent), cutoff * cutoff
    energy = 0.0
    for k in range(offsets[i], offsets[i + 1]):
        j = neighbours[k]
        dx = x - positions[j, 0]
        dy = y - positions[j, 1]
        dz = z - positions[j, 2]
        dx -= lx * np.rint(dx / lx)
        dy -= ly * np.rint(dy / ly)
        dz -= lz * np.rint(dz / lz)
        s = (dx * dx + dy * dy + dz * dz) / _pair_diameter(own, diameters[j]) ** 2
        power = _inverse_power(1.0 / s, bits)
        energy += power + t0 + s * (t2 + s * (t4 + s * t6)) if s < limit else 0.0
    return energy


@_compiled
def _displaced(place: Array, position: Array, edge: float, start: Array, rng: np.random.Generator) -> float:
    """Write a place within a cube around a position; returns the square of its distance from a start."""
    moved = 0.0
    for a in range(3):
        place[a] = position[a] + (edge * (rng.random() - 0.5) if edge else 0.0)
        moved += (place[a] - start[a]) ** 2
    return moved


@_compiled
def _cost(i: int, j: int, place: Array, diameters: Array, rest: tuple[Any, ...]) -> float:
    """Return what it costs to move atom i to a place (j = i), or to exchange two diameters, which is done."""
    own, other = diameters[i], diameters[j]
    change = -_atom_energy(i, rest[0][i], own, *rest)
    if i != j:
        # the pair of both is counted twice, before and after, and is the same
        change -= _atom_energy(j, rest[0][j], other, *rest)
        diameters[i], diameters[j] = other, own
        change += _atom_energy(j, rest[0][j], own, *rest)
    return change + _atom_energy(i, place, other, *rest)


@_compiled
def swap_sweeps(positions: Array, diameters: Array, box: Array, temperature: float, step: float, widest: float,
                share: float, skin: float, room: float, exponent: int, cutoff: float, tail: Array, energy: float,
                trace: Array, rng: np.random.Generator) -> Array:  # fmt: skip
    """Metropolis moves in place, n a sweep: of one atom within a cube of edge `step`, or of two diameters exchanged.

    A `share` of them tries to exchange two diameters that differ by at most `widest`. `energy` is that on entry;
    `trace` gets it after each sweep. Returns how many were tried and accepted, of both kinds, (2, 2).

    The list of pairs holds all that an atom can meet until it has moved by half of `skin` or grown by `room`, which is
    not less than `widest`: before a move leads beyond, the list is made anew, and then no exchange leads beyond.
    """
    n, counts, place = len(positions), np.zeros((2, 2), np.int64), np.empty(3)
    start, before = positions.copy(), diameters.copy()
    offsets, neighbours = pair_list(positions, box, cutoff, skin, diameters + room)
    for sweep in range(len(trace)):
        for _ in range(n):
            i, kind = int(n * rng.random()), int(rng.random() < share)
            counts[kind, 0] += 1
            j = int(n * rng.random()) if kind else i
            own, other = diameters[i], diameters[j]
            if kind and (i == j or abs(own - other) > widest):
                continue
            moved = _displaced(place, positions[i], 0.0 if kind else step, start[i], rng)
            if moved > 0.25 * skin * skin or other > before[i] + room or own > before[j] + room:
                start[:], before[:] = positions, diameters
                offsets, neighbours = pair_list(positions, box, cutoff, skin, diameters + room)
            rest = positions, box, diameters, offsets, neighbours, exponent, cutoff, tail
            change = _cost(i, j, place, diameters, rest)
            if change <= 0 or rng.random() < math.exp(-change / temperature):
                counts[kind, 1] += 1
                energy += change
                positions[i] = place
            elif kind:
                diameters[i], diameters[j] = own, other
        trace[sweep] = energy
    return counts
