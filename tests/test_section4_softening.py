"""Section 4, eqs 15 and 16 and fig. 7: local softening, by routes that share no code with the paths."""

import re

import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure
from scipy.linalg import eigh
from scipy.optimize import minimize as minimize_function

from softmodes.ensembles import SoftSpots, load_soft_spots, simulate_instability
from softmodes.ensembles.soft_spots import FRACTIONS
from softmodes.figures.softening import (
    plot_cluster_formation_energy,
    plot_crystal_formation_energy,
    plot_figure_7,
    plot_glass_formation_energy,
    plot_mode_rates,
)
from softmodes.glass import InversePower, inverse_power, lattice, minimize
from softmodes.glass.potential import smooth_inverse_power as SMOOTH
from softmodes.modes import mode_derivatives, softening_paths
from softmodes.modes.derivatives import EnergyDerivatives
from softmodes.modes.linear_response import LinearResponse, shell_strain
from softmodes.modes.softening_paths import softening_path
from softmodes.paper.findings.softening import one_atom_costs, soft_spots
from softmodes.paper.loaders import load_ensembles
from softmodes.report.commands import main
from softmodes.theory.local_modes import mode_shares

FCC = lattice("fcc", 4)


def one_atom(direction, n=256, atom=0):
    """Unit vector (n, 3) of one atom."""
    motion = np.zeros((n, 3))
    motion[atom] = np.array(direction) / np.linalg.norm(direction)
    return motion


@pytest.fixture(scope="module")
def response():
    """Linear response of the crystal."""
    return LinearResponse(FCC)


@pytest.fixture(scope="module")
def shaken():
    """A crystal with its atoms off their places, so that nothing vanishes by symmetry."""
    return FCC.moved(FCC.positions + 0.1 * np.random.default_rng(1).normal(size=FCC.positions.shape))


@pytest.fixture(scope="module")
def glass():
    """A glass of the smooth potential."""
    return minimize(load_ensembles().glasses[500].structure(0), potential=SMOOTH)


def test_contracted_derivatives_are_centred_differences_of_the_hessian(shaken):
    z, y, w = np.random.default_rng(2).normal(size=(3, 256, 3))
    here, h = EnergyDerivatives(shaken, potential=SMOOTH), 1e-5

    def difference(function, along):
        ends = (function(shaken.moved(shaken.positions + sign * h * along)) for sign in (1, -1))
        return np.subtract(*ends) / (2 * h)

    along_z = difference(lambda x: SMOOTH.hessian(x).toarray(), z)
    np.testing.assert_allclose(here.third(z).toarray(), along_z, atol=1e-6 * np.abs(along_z).max())
    np.testing.assert_allclose(
        here.bend(z, y).ravel(), along_z @ y.ravel(), atol=1e-6 * np.abs(along_z @ y.ravel()).max()
    )
    bends = difference(lambda x: EnergyDerivatives(x, potential=SMOOTH).bend(z), w).ravel()
    np.testing.assert_allclose(here.fourth(z) @ w.ravel(), bends, atol=1e-6 * np.abs(bends).max())


def test_contracted_derivatives_are_those_of_the_quartic_potential_along_a_mode(shaken):
    z = np.random.default_rng(3).normal(size=(256, 3))
    z /= np.linalg.norm(z)
    here = EnergyDerivatives(shaken)
    _, tau, chi, bend = mode_derivatives(shaken, z[None])
    np.testing.assert_allclose(here.bend(z), bend[0], rtol=1e-9, atol=1e-9)
    assert np.sum(here.bend(z, z) * z) == pytest.approx(tau[0])
    assert z.ravel() @ (here.fourth(z) @ z.ravel()) == pytest.approx(chi[0])


def test_pairs_that_do_not_move_may_be_left_out(shaken):
    z = one_atom((1, 2, 3), atom=7)
    every, few = EnergyDerivatives(shaken), EnergyDerivatives(shaken, moving=np.any(z, axis=1))
    y = np.random.default_rng(4).normal(size=z.shape)
    np.testing.assert_allclose(few.bend(z, y), every.bend(z, y), atol=1e-12)
    np.testing.assert_allclose(few.fourth(z).toarray(), every.fourth(z).toarray(), atol=1e-12)


@pytest.mark.slow
def test_a_path_is_the_minimum_that_a_stiff_spring_finds():
    """L-BFGS on U + K(κ_s - κ)²/2, κ_s by differences of energies: no Newton step, no derivative, no constraint."""
    s, h, fraction = one_atom((0, 0, 1)), 2e-3, 0.8
    path = softening_path(FCC, s, [0.9, fraction])
    full = s.ravel() @ (SMOOTH.hessian(FCC) @ s.ravel())

    def penalised(x, spring):
        here = FCC.moved(x.reshape(-1, 3))
        # its gradient is the same difference of gradients
        near = [FCC.moved(here.positions + sign * h * s) for sign in (-1, 0, 1)]
        low, middle, high = (SMOOTH.energy_and_forces(each) for each in near)
        kappa, slope = ((before - 2 * at + after) / h**2 for before, at, after in zip(low, middle, high, strict=True))
        excess = kappa - fraction * full
        gradient = -middle[1] - spring * excess * slope
        return middle[0] - SMOOTH.energy(FCC) + spring * excess**2 / 2, gradient.ravel()

    energies = []
    start = FCC.positions + 0.01 * np.random.default_rng(5).normal(size=FCC.positions.shape)
    for spring in (1.0, 2.0):
        found = minimize_function(penalised, start.ravel(), args=(spring,), jac=True, method="L-BFGS-B",
                                  options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-6})  # fmt: skip
        energies.append(found.fun)
    # the spring gives way like 1/K
    assert 2 * energies[1] - energies[0] == pytest.approx(path.energy[1], rel=1e-3)


def test_small_softenings_cost_what_linear_response_says(response):
    s = one_atom((1, 1, 0))
    path = softening_path(FCC, s, [0.99, 0.98])
    expected = response.stiffness(s) ** 2 / (2 * response.distortion(s)[1])
    coefficients = path.energy / (1 - path.fraction) ** 2
    assert 2 * coefficients[0] - coefficients[1] == pytest.approx(expected, rel=1e-3)


def test_along_a_path_the_stiffness_is_what_was_asked_and_no_other_force_acts(response):
    s = one_atom((0, 0, 1))
    path = softening_path(FCC, s, [0.7, 0.4])
    for fraction, positions in zip(path.fraction, path.positions, strict=True):
        here = FCC.moved(positions)
        assert s.ravel() @ (SMOOTH.hessian(here) @ s.ravel()) == pytest.approx(fraction * response.stiffness(s))
        bend, forces = (
            EnergyDerivatives(here, potential=SMOOTH).bend(s),
            SMOOTH.forces(here),
        )
        assert np.linalg.norm(forces) * np.linalg.norm(bend) == pytest.approx(np.sum(forces * bend), rel=1e-6)


@pytest.mark.slow
def test_a_motion_that_follows_is_the_weakest_and_cheaper_than_one_that_does_not(response):
    s = response.cheapest_motion(0, 2.3, rng=1, starts=4)
    fractions = [0.9, 0.8]
    fixed, free = (softening_path(FCC, s, fractions, follow=follow) for follow in (False, True))
    assert np.all(free.energy < fixed.energy)
    start, n = SMOOTH.hessian(FCC).toarray(), len(FCC.positions)
    translations = np.tile(np.eye(3), (n, n))
    for fraction, positions, motion in zip(fractions, free.positions, free.motion, strict=True):
        here = SMOOTH.hessian(FCC.moved(positions)).toarray()
        assert eigh(here + translations, start + translations, eigvals_only=True)[0] == pytest.approx(fraction)
        np.testing.assert_allclose(here @ motion.ravel(), fraction * start @ motion.ravel(), atol=1e-5)


def test_cheapest_motion_is_stationary_cheaper_than_one_atom_and_local(response):
    s = response.cheapest_motion(0, 1.2, rng=1, starts=6)

    def cost(motion):
        motion = motion / np.linalg.norm(motion)
        return response.stiffness(motion) ** 2 / (2 * response.distortion(motion)[1])

    assert np.count_nonzero(np.any(s, axis=1)) == 13
    assert cost(s) < cost(one_atom((0, 0, 1)))
    change = np.random.default_rng(6).normal(size=s.shape) * np.any(s, axis=1)[:, None]
    # at a minimum the cost grows with the square of a change
    small, large = (cost(s + h * change) - cost(s) for h in (2e-3, 4e-3))
    assert large / small == pytest.approx(4, rel=0.1)


@pytest.mark.slow
def test_eq16_rates_are_differences_of_eigenvalues(glass):
    s, h = one_atom((1, 2, 3), 500, 17), 0.02
    response = LinearResponse(glass)
    distortion = response.distortion(s)[0]
    values, vectors = np.linalg.eigh(response.hessian.toarray())
    rates = response.mode_rates(s, vectors[:, 3:].T.reshape(-1, 500, 3))
    ends = [np.linalg.eigvalsh(SMOOTH.hessian(glass.moved(glass.positions + sign * h * distortion)).toarray())[3:]
            for sign in (1, -1)]  # fmt: skip
    difference = np.subtract(*ends) / (2 * h)
    # where levels are far apart, they do not repel each other within the step
    lone = np.diff(values[3:], prepend=-np.inf, append=np.inf)
    lone = np.minimum(lone[1:], lone[:-1]) > 0.3
    np.testing.assert_allclose(rates[lone], difference[lone], atol=2e-4)
    assert np.sum(rates) == pytest.approx(np.sum(difference), abs=1e-4)


def test_fig7_shell_of_the_crystal_opens_along_the_motion_and_closes_across_it(response):
    s = one_atom((0, 0, 1))
    moved = -response.distortion(s)[0]
    bonds = FCC.positions - FCC.positions[0]
    bonds -= FCC.box * np.rint(bonds / FCC.box)
    shell = np.linalg.norm(bonds, axis=1) < 1.2
    above, beside = shell & (bonds[:, 2] > 0.5), shell & (np.abs(bonds[:, 2]) < 0.1) & np.any(bonds, axis=1)
    assert (above.sum(), beside.sum()) == (4, 4)
    assert np.all(moved[above, 2] > 0)
    assert np.all(np.sum(moved * bonds, axis=1)[beside] < 0)
    assert shell_strain(FCC, moved, 0, s[0])[0] > 0


def test_a_kick_that_leads_nowhere_is_taken_back():
    """Half a lattice constant destroys the crystal: the path goes on from where it was before."""
    s = one_atom((0, 0, 1))
    kicked = softening_path(FCC, s, [0.9, 0.8], kick=0.5, rng=1)
    np.testing.assert_allclose(kicked.energy, softening_path(FCC, s, [0.9, 0.8]).energy, rtol=1e-6)


def test_shell_strain_of_an_affine_deformation_is_that_deformation(shaken):
    bonds = shaken.positions - shaken.positions[5]
    bonds -= shaken.box * np.rint(bonds / shaken.box)
    deformation = np.diag([0.01, 0.03, -0.02])
    np.testing.assert_allclose(shell_strain(shaken, bonds @ deformation, 5, np.array([0, 0, 2.0])), (-0.02, 0.02))


@pytest.mark.slow
def test_shipped_soft_spots_are_those_of_the_shipped_glasses(glass):
    """The softest atom's spot of the first glass again, from its structure."""
    shipped, motion = load_ensembles().soft_spots, np.zeros((500, 3))
    glass = shipped.structure(0)
    values, vectors = np.linalg.eigh(SMOOTH.hessian(glass).toarray())
    modes, response = vectors[:, 3:].T.reshape(-1, 500, 3), LinearResponse(glass)
    atom = int(np.argmax(np.sum(modes[0] ** 2, axis=1)))
    block = slice(3 * atom, 3 * atom + 3)
    motion[atom] = np.linalg.eigh(response.hessian.toarray()[block, block])[1][:, 0]
    np.testing.assert_allclose(values[3:], shipped.eigenvalues[0], rtol=1e-4)
    assert response.stiffness(motion) == pytest.approx(shipped.stiffness[0, 2])
    assert response.distortion(motion)[1] == pytest.approx(shipped.compliance[0, 2])
    np.testing.assert_allclose(mode_shares(motion, modes), shipped.shares[0, 2], atol=1e-6)
    np.testing.assert_allclose(response.mode_rates(motion, modes), shipped.rates[0, 2], atol=1e-5)
    # first point of the path: what was stored, and the lowest eigenvalue there
    path = softening_path(glass, motion, FRACTIONS[:1])
    assert path.energy[0] == pytest.approx(shipped.energy[0, 2, 0], rel=1e-5)
    here = np.linalg.eigvalsh(SMOOTH.hessian(glass.moved(path.positions[0])).toarray())
    lowest = here[0] if here[0] < -1e-8 else here[3]
    assert lowest == pytest.approx(shipped.lowest[0, 2, 0], rel=1e-3)


def made_up_spots(energy, lowest, exponent=6):
    """One glass with one motion, of stiffness 2 and compliance 1, and three modes."""
    fields = {"stiffness": [[2.0]], "participation_number": [[1.0]], "compliance": [[1.0]], "energy": [[energy]],
              "lowest": [[lowest]], "strain": [[[0, 0]]], "shares": [[[0.2, 0.3, 0.5]]], "rates": [[[0.1, -0.4, 0.5]]],
              "eigenvalues": [[1.0, 2.0, 5.0]], "box": np.ones(3), "positions": np.zeros((1, 1, 3))}  # fmt: skip
    made = {"n": 2, "seed": 1, "exponent": exponent}
    return SoftSpots(parameters=made, **{name: np.array(values, dtype=float) for name, values in fields.items()})


def test_energies_of_a_spot_that_obeys_eq15_are_its_formation_energy():
    """U = 2(1 - η)²: ε_m is 2 from a small softening, κ²/2b.H⁻¹.b, to the end; λ = 1 - 2(1 - η) passes zero halfway."""
    change = 1 - np.array(FRACTIONS)
    spots = made_up_spots(2 * change**2, 1 - 2 * change)
    np.testing.assert_allclose(spots.formation_energy, 2, rtol=1e-12)
    assert spots.instability_energy[0, 0] == pytest.approx(2 * 0.5**2)
    # stable all the way; or not followed to where it would have been
    assert np.isnan(made_up_spots(2 * change**2, np.ones(10)).instability_energy).all()
    ended = np.where(change > 0.35, np.nan, 1 - 2 * change)
    assert np.isnan(made_up_spots(ended * 0 + 2 * change**2, ended).instability_energy).all()


def test_structure_with_soft_spots_is_of_their_smooth_potential():
    spots = made_up_spots(np.ones(10), np.ones(10), exponent=12)
    assert spots.structure(0).potential == InversePower(exponent=12, continuity=3)


def test_factors_to_eq16_of_three_modes():
    spots = made_up_spots(np.ones(10), np.ones(10))
    assert spots.slope[0, 0] == pytest.approx((0.02 - 0.12 + 0.25) / (0.04 + 0.09 + 0.25))
    assert spots.entropic_factor[0, 0] == pytest.approx((0.1 - 0.2 + 0.1) / (0.2 + 0.15 + 0.1), abs=1e-12)


def test_if_only_the_local_motion_softened_eq16_would_hold():
    """δH = -ss^T: first-order perturbation gives each mode its share, so eq. 16 is about the rest of δH."""
    rng = np.random.default_rng(8)
    square, s = rng.normal(size=(12, 12)), rng.normal(size=12)
    hessian, s = square @ square.T, s / np.linalg.norm(s)
    values, vectors = np.linalg.eigh(hessian)
    change = np.linalg.eigvalsh(hessian - 1e-6 * np.outer(s, s)) - values
    np.testing.assert_allclose(-change / 1e-6, mode_shares(s.reshape(4, 3), vectors.T.reshape(12, 4, 3)), atol=1e-4)


def test_glasses_lose_their_stability_before_the_motion_loses_its_stiffness():
    """The price of an instability is less than that of the softened motion, and less at the core of a soft mode."""
    spots = load_ensembles().soft_spots
    unstable, lost = spots.instability_energy, spots.formation_energy[..., -1]
    both = np.isfinite(unstable) & np.isfinite(lost)
    assert both.sum() > 20
    assert np.all(unstable[both] < lost[both])
    assert np.nanmedian(unstable[:, 2]) < 0.5 * np.nanmedian(unstable[:, 0])


def test_entropic_force_on_a_soft_spot_is_far_below_that_of_eq16():
    """Each mode weighted as a harmonic one weighs in eq. 12: hardly anything is left of the factor 1."""
    factor = load_ensembles().soft_spots.entropic_factor
    assert np.all(np.abs(np.median(factor, axis=0)) < 0.4)


def test_eq16_fails_mode_by_mode_in_the_shipped_glasses():
    spots = load_ensembles().soft_spots
    assert np.all(np.abs(spots.shares.sum(axis=-1) - 1) < 0.01)
    error = spots.slope.std(axis=0, ddof=1) / np.sqrt(len(spots.slope))
    assert np.all(spots.slope.mean(axis=0) < 1 - 2 * error)
    assert np.all(np.abs(spots.correlation) < 0.6)
    # what the motion loses, others gain: the trace of the Hessian stays
    total = spots.rates.sum(axis=-1, dtype=float)
    assert np.all(np.abs(total.mean(axis=0)) < 3 * total.std(axis=0, ddof=1) / np.sqrt(len(total)))
    least_squares = [np.linalg.lstsq(x[:, None], y, rcond=None)[0][0]
                     for x, y in zip(spots.shares[0], spots.rates[0], strict=True)]  # fmt: skip
    np.testing.assert_allclose(spots.slope[0], least_squares, rtol=1e-4)


def test_sharing_makes_an_instability_cheaper_and_it_stays_local():
    searches = load_ensembles().instabilities
    least, n_s = searches.cost.min(axis=0), searches.participation_number[np.argmin(searches.cost[:, -1]), -1]
    assert np.all(np.diff(least) < 0)
    # independent starts agree on the cheapest motion at every radius; what one of them missed is small
    assert np.all(np.isclose(searches.cost, least, rtol=1e-3).sum(axis=0) >= 7)
    np.testing.assert_allclose(searches.cost, np.tile(least, (8, 1)), rtol=0.03)
    assert 1 < least[-1] / inverse_power.melting < 4
    assert n_s < 15
    single, cheapest = searches.one_atom / (1 - np.array(FRACTIONS)) ** 2, np.nanmin(searches.energy, axis=0)
    assert np.all(cheapest < np.nanmin(searches.one_atom, axis=0))
    # eq. 15 holds to a fifth over the whole range for one atom along [001]
    assert np.ptp(single[0]) < 0.2 * single[0].mean()


@pytest.mark.slow
def test_shipped_search_in_the_crystal_is_made_again(monkeypatch):
    """The first one, along [001] and without kicks: nothing in it is chaotic. Of its paths the first two points."""
    shipped, points = load_ensembles().instabilities, FRACTIONS[:2]
    monkeypatch.setattr("softmodes.ensembles.soft_spots.FRACTIONS", points)
    anew = simulate_instability(1992, 0, 256)
    for name in ("cost", "participation_number"):
        np.testing.assert_allclose(anew[name], getattr(shipped, name)[0], rtol=0.01)
    for name in ("one_atom", "energy"):
        np.testing.assert_allclose(anew[name], getattr(shipped, name)[0, :2], rtol=0.01)


@pytest.mark.slow
def test_cost_of_the_cheapest_motion_does_not_depend_on_the_size_of_the_crystal():
    crystal = LinearResponse(lattice("fcc", 5))
    s = crystal.cheapest_motion(0, 2.3, rng=3, starts=8)
    cost = crystal.stiffness(s) ** 2 / (2 * crystal.distortion(s)[1])
    assert cost == pytest.approx(load_ensembles().instabilities.cost[:, 3].min(), rel=0.01)


def test_figures_describe_themselves():
    spots, searches = load_ensembles().soft_spots, load_ensembles().instabilities
    drawings = {
        "Strain of the shell along the motion +0.113": plot_figure_7,
        "Formation energy of eq. 15 in the fcc crystal": lambda ax: plot_crystal_formation_energy(ax, searches),
        "the motion stays local": lambda ax: plot_cluster_formation_energy(ax, searches),
        f"Formation energy of eq. 15 in {len(spots.energy)} glasses": lambda ax: plot_glass_formation_energy(ax, spots),
        "summed up to a frequency: equal by eq. 16": lambda ax: plot_mode_rates(ax, spots),
    }
    for words, draw in drawings.items():
        ax = Figure().subplots()
        text = draw(ax)
        assert words in text
        assert "nan" not in text
        assert ax.has_data()
    assert [row.motion for row in soft_spots(spots, 5.2)][0] == "one atom"


def test_small_softening_of_one_atom_costs_more_along_a_cube_edge_than_along_a_diagonal(response):
    """κ²/2b.H⁻¹.b with b by differences of κ; the values of an independent calculation."""
    costs, h = one_atom_costs(), 1e-4
    s = one_atom((1, 1, 1))
    kappa = [s.ravel() @ SMOOTH.hessian(FCC.moved(FCC.positions + sign * h * response.distortion(s)[0])) @ s.ravel()
             for sign in (1, -1)]  # fmt: skip
    # by definition of the distortion, κ_s rises by one for each unit of it
    assert np.subtract(*kappa) / (2 * h) == pytest.approx(1, rel=1e-6)
    np.testing.assert_allclose(costs, (12.24, 9.17, 8.47), atol=0.01)


def test_a_step_that_fails_is_halved(monkeypatch):
    """A search that can take short steps only reaches the same minima."""
    s, search = one_atom((0, 0, 1)), softening_paths._constrained_minimum

    def short_sighted(configuration, tracked, fraction):
        kappa = s.ravel() @ SMOOTH.hessian(configuration) @ s.ravel() / full
        return search(configuration, tracked, fraction) if abs(kappa - fraction) < 0.06 else None

    full = s.ravel() @ SMOOTH.hessian(FCC) @ s.ravel()
    expected = softening_path(FCC, s, [0.8, 0.6]).energy
    monkeypatch.setattr(softening_paths, "_constrained_minimum", short_sighted)
    np.testing.assert_allclose(softening_path(FCC, s, [0.8, 0.6]).energy, expected, rtol=1e-6)


@pytest.mark.slow
def test_command_softens_the_motions_of_a_glass(tmp_path):
    command = ["softening", "--n", "216", "--count", "1", "--jobs", "1", "--output", str(tmp_path)]
    packed = ["--pack", str(tmp_path / "packed.npz")]
    made, complete = (CliRunner().invoke(main, [*command, *more]) for more in ((), packed))
    assert re.search(r"energy in epsilon to lose all stiffness, .*: one atom [\d.]+, .*; 0 to go", made.output)
    assert f"1 glasses in {tmp_path}, " in complete.output
    spots = load_soft_spots(tmp_path / "packed.npz")
    assert spots.rates.shape == (1, 4, 645)
    assert np.all(np.diff(spots.energy[np.isfinite(spots.energy).all(axis=-1)], axis=-1) > 0)


def test_command_refuses_what_is_no_crystal_in_one_line(tmp_path):
    refused = CliRunner().invoke(main, ["instability", "--n", "300", "--count", "1", "--output", str(tmp_path)])
    assert refused.exit_code == 1
    assert refused.output == "Error: n must be 4 times a cube, the atoms of an fcc crystal (256, 500, ...), got 300\n"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: softening_path(FCC, np.zeros((256, 3)), [0.5]), ValueError, "^motion must be a non-zero array"),
        (lambda: softening_path(FCC, np.ones((2, 3)), [0.5]), ValueError, r"shape \(256, 3\), got \(2, 3\)$"),
        (lambda: softening_path(FCC, one_atom((0, 0, 1)), []), ValueError, r"^fractions must be a sequence .* \(0,\)$"),
        (lambda: softening_path(FCC, one_atom((0, 0, 1)), [0.9], kick=0.1), ValueError, "needs an rng, got 0.1"),
        (lambda: LinearResponse(FCC).cheapest_motion(0, -1, rng=1), ValueError, "positive, got -1 and 16$"),
        (lambda: simulate_instability(1, 0, 300), ValueError, r"^n must be 4 times a cube, .*, got 300$"),
        (lambda: LinearResponse(FCC.moved(FCC.positions + one_atom((1, 1, 0)))), RuntimeError,
         "^the configuration is not at a minimum of the energy; minimize it with potential=smooth_inverse_power "
         "first$"),
        (lambda: LinearResponse(load_ensembles().glasses[500].structure(0)), RuntimeError,
         "^the configuration is not at"),
        (lambda: softening_path(FCC, np.ones((256, 3)), [0.9]), ValueError, "^motion must be softened by some distort"),
    ],
)  # fmt: skip
def test_bad_input_gives_one_clear_line(call, error, message):
    with pytest.raises(error, match=message):
        call()
