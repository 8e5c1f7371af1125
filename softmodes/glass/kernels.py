"""Compiled loops of the computer glass: neighbour list, forces, time steps, Hessian blocks, sparse products.

Reduced units, sigma = epsilon = m = 1. Plain arrays in and out; nothing here checks its arguments, the callers do.

Three choices decide the speed, each measured: a *full* neighbour list (no scattered writes), ``error_model="numpy"``
(no branch at a division) and ``uint64`` indices (no wrap-around of negative ones) let LLVM vectorise the pair loops.
`tail` holds the coefficients of r^0, r^2, r^4 and r^6 which the cutoff adds to r^-n.
"""

import math

import numpy as np

from .compiled import compiled

_compiled = compiled(nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})
_ONE = np.uint64(1)
# Vectors which one pass over a sparse matrix multiplies at once.
WIDTH = 32


@_compiled
def pair_list(positions, box, reach):
    """Full list of all pairs nearer than `reach`, as (offsets (n + 1,), neighbours), both uint64.

    Linked cells where at least four fit along an edge; otherwise that whole edge is one cell.
    """
    n = len(positions)
    cells, span = np.empty(3, np.int64), np.empty(3, np.int64)
    for a in range(3):
        # more cells than atoms would help nobody, and an empty box of any size has room for them
        fitting = int(min(box[a] / reach, 2 * np.cbrt(n) + 4))
        cells[a], span[a] = (fitting, 1) if fitting >= 4 else (1, 0)
    homes, first, members = _sort_into_cells(positions, box, cells)
    x, y, z = np.empty(n), np.empty(n), np.empty(n)
    for k in range(n):
        x[k], y[k], z[k] = positions[members[k], 0], positions[members[k], 1], positions[members[k], 2]
    squared = np.empty(n)
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
                    total = _append_near(squared, reach * reach, np.uint64(i), members, start, stop, neighbours, total)
        offsets[i + 1] = total
    return offsets, neighbours[:total].copy()


@_compiled
def _squared_distances(position, x, y, z, start, stop, box, squared):
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
def _append_near(squared, limit, i, members, start, stop, neighbours, total):
    """Append those of members[start:stop] nearer than the limit, atom i itself left out; returns the new total."""
    for k in range(start, stop):
        # written always and kept only when near: no branch for the processor to mispredict
        neighbours[total] = members[k]
        total += np.uint64((squared[k] < limit) & (members[k] != i))
    return total


@_compiled
def _sort_into_cells(positions, box, cells):
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
def _inverse_power(inverse_square, n):
    """r^-n for an integer 1 <= n <= 31 by binary powers: unlike pow() this vectorises."""
    square, fourth = inverse_square * inverse_square, inverse_square**4
    power = math.sqrt(inverse_square) if n & np.uint64(1) else 1.0
    power *= inverse_square if n & np.uint64(2) else 1.0
    power *= square if n & np.uint64(4) else 1.0
    power *= fourth if n & np.uint64(8) else 1.0
    return power * (fourth * fourth if n & np.uint64(16) else 1.0)


@_compiled
def forces_and_energy(positions, box, offsets, neighbours, exponent, cutoff, tail, forces):
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
            s = dx * dx + dy * dy + dz * dz
            inverse = 1.0 / s
            power = _inverse_power(inverse, bits)
            push = exponent * power * inverse - 2 * t2 - s * (4 * t4 + 6 * s * t6)
            push = push if s < limit else 0.0
            twice += power + t0 + s * (t2 + s * (t4 + s * t6)) if s < limit else 0.0
            fx += push * dx
            fy += push * dy
            fz += push * dz
        forces[i, 0], forces[i, 1], forces[i, 2] = fx, fy, fz
        energy += 0.5 * twice
    return energy


@_compiled
def verlet_steps(positions, velocities, forces, steps, dt, slack, box, offsets, neighbours, exponent, cutoff, tail):
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
        energy = forces_and_energy(positions, box, offsets, neighbours, exponent, cutoff, tail, forces)
        velocities += 0.5 * dt * forces
    return steps, energy, False


@_compiled
def hessian_blocks(positions, box, offsets, neighbours, first, second):
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
def block_recurrence(rows, columns, blocks, current, previous, scale, shift, weight):
    """previous <- scale * (matrix @ current) + shift * current + weight * previous, for vectors (chunks, n, 3, WIDTH).

    A chunk is narrow enough for its rows to stay in cache while the matrix streams past, and wide enough for the nine
    numbers of a block to be used 32 times each. Being fused, the three-term recurrence costs no extra pass over memory.
    """
    sums = np.zeros((3, WIDTH))
    for chunk in range(np.uint64(len(current))):
        source, target = current[chunk], previous[chunk]
        for i in range(np.uint64(len(rows) - 1)):
            sums[:] = 0.0
            for k in range(rows[i], rows[i + _ONE]):
                j = columns[k]
                for c in range(np.uint64(WIDTH)):
                    x, y, z = source[j, 0, c], source[j, 1, c], source[j, 2, c]
                    sums[0, c] += blocks[k, 0, 0] * x + blocks[k, 0, 1] * y + blocks[k, 0, 2] * z
                    sums[1, c] += blocks[k, 1, 0] * x + blocks[k, 1, 1] * y + blocks[k, 1, 2] * z
                    sums[2, c] += blocks[k, 2, 0] * x + blocks[k, 2, 1] * y + blocks[k, 2, 2] * z
            for a in range(np.uint64(3)):
                for c in range(np.uint64(WIDTH)):
                    target[i, a, c] = scale * sums[a, c] + shift * source[i, a, c] + weight * target[i, a, c]
