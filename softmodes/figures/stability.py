"""The figures of the paper and of its argument. Each draws on given Axes and returns a text that says what it shows.

Colours have one meaning everywhere: the melting point and the glass transition, and the three glasses.
"""

import io

import numpy as np
from IPython.display import Image, display
from scipy.constants import angstrom, electron_volt, k

from softmodes.arguments import between, one, positive
from softmodes.paper.materials import load_materials
from softmodes.theory.crossover import CROSSOVER_RATIO, participation_area
from softmodes.theory.free_energy import entropic_force
from softmodes.theory.landscape import extrema, local_free_energy
from softmodes.theory.potential import mode_energy, mode_potential
from softmodes.theory.stability import harmonic_limits, quartic_mode_energy, stability_curve, stability_point

COLOURS = {"melting": "#c2410c", "glass": "#1d4ed8", "SiO2": "#0f766e", "Se": "#a21caf", "B2O3": "#a16207"}
NAMES = {"SiO2": "SiO$_2$", "Se": "Se", "B2O3": "B$_2$O$_3$"}


def show(figure, alt):
    """Display a figure as a picture that carries `alt`, its description, and close it."""
    # Imported here so that drawing on somebody's own Axes does not choose a backend.
    from matplotlib import pyplot as plt

    plt.close(figure)
    display(Image(as_png(figure), alt=alt), metadata={"image/png": {"alt": alt}})


def as_png(figure):
    """Return a figure as PNG bytes, without version and date: two runs give the same."""
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=144, bbox_inches="tight", metadata={"Software": None})
    return picture.getvalue()


def plot_three_behaviours(ax, vibration=0.4, double_well=-0.7):
    """Draw eq. 5 for a vibration, a quartic mode and a double well, given by their η_k."""
    vibration, double_well = one(between, "vibration", vibration, 0, 1), one(between, "double_well", double_well, -2, 0)
    x = np.linspace(-1, 1, 401)
    for eta, style, name in ((vibration, "-", "vibration"), (0.0, "--", "quartic"), (double_well, "-.", "double well")):
        ax.plot(x, mode_potential(x, eta, 1.0), style, label=f"{name}, $\\eta_k$ = {eta:g}")
    ax.axhline(0, color="0.7", lw=0.8, zorder=0)
    ax.set(xlabel="mode coordinate $x_k$", ylabel="$V_k/\\epsilon_k$", xlim=(-1, 1))
    ax.set_ylim(-(double_well**2) / 4 - 0.04, 0.5)
    ax.legend(frameon=False, loc="upper center")
    return (
        f"Potential of a mode against its coordinate for η = {vibration:g} (one well), 0 (flat bottom) and "
        f"{double_well:g} (two wells with a barrier of {double_well**2 / 4:.4g} ε between them)."
    )


def plot_barriers(ax, material, a):
    """Draw eq. 5 in eV for double wells of equal η_k and growing numbers of atoms, for a length `a` [m] of eq. 3."""
    x, eta, a = np.linspace(-0.5, 0.5, 401), -0.2, one(positive, "a", a)
    omega_c = 2 * np.pi * material.crystal_frequency.n
    texts = []
    for atoms, style in ((10, ":"), (100, "-"), (300, "--")):
        epsilon = mode_energy(atoms, material.mass, a, omega_c) / electron_volt
        ax.plot(x, mode_potential(x, eta, epsilon), style, color=COLOURS[material.formula], label=f"$N_k$ = {atoms}")
        texts.append(f"{epsilon * eta**2 / 4:.3g} eV for {atoms} atoms")
    deepest = epsilon * eta**2 / 4
    ax.set(xlabel="mode coordinate $x_k$", ylabel="$V_k$ (eV)", xlim=(-0.5, 0.5), ylim=(-1.2 * deepest, 1.2 * deepest))
    ax.legend(frameon=False, loc="upper center")
    return f"Double wells with η = {eta:g} in {material.formula}: the barrier is " + ", ".join(texts) + "."


def plot_entropic_force(ax, beta_epsilon=200.0):
    """Draw eq. 12 with and without the quartic term."""
    eta, beta_epsilon = np.linspace(-0.3, 0.5, 801), one(positive, "beta_epsilon", beta_epsilon)
    ax.plot(eta, entropic_force(eta, beta_epsilon), color=COLOURS["glass"], label="with the quartic term")
    stable = eta[eta > 0.004]
    ax.plot(stable, 1 / (2 * stable), "--", color="0.4", label="harmonic, $1/2\\eta_k$")
    ax.set(xlabel="restoring force $\\eta_k$", ylabel="$\\beta\\,\\delta F_k/\\delta\\eta_k$", ylim=(0, 40))
    ax.set_xlim(eta[0], eta[-1])
    ax.legend(frameon=False)
    at_zero = float(entropic_force(0.0, beta_epsilon))
    return (
        f"Entropic force against η at βε = {beta_epsilon:g}: the harmonic one diverges at η = 0, the one with "
        f"the quartic term passes through {at_zero:.2f} there and goes on rising into the double wells."
    )


def plot_figure_8(ax, energies=(3.0, 5.0)):
    """Draw fig. 8, the mode energy of the strongly softened solution against η_k, one curve for each ε_m/k_BT.

    A ValueError if `energies` are not one to four numbers.
    """
    colours, texts = [COLOURS["melting"], COLOURS["glass"], *("#4d7c0f", "#6b7280")], []
    energies = positive("energies", energies)
    if energies.ndim != 1 or not 1 <= len(energies) <= len(colours):
        raise ValueError(f"energies must be one to {len(colours)} numbers, got an array of shape {energies.shape}")
    for energy, colour in zip(energies.tolist(), colours, strict=False):
        curve = stability_curve(energy)
        ax.plot(curve.eta, curve.epsilon, color=colour, label=f"$\\epsilon_m/k_BT$ = {energy:g}")
        at_zero = float(quartic_mode_energy(energy)) / energy
        ax.plot(0, at_zero, "o", color=colour, ms=4)
        limit = float(harmonic_limits(energy)[1])
        if limit == limit:
            ax.annotate("", (limit, 1), (limit, 0.9), xycoords=("data", "axes fraction"),
                        arrowprops={"arrowstyle": "->", "color": colour, "lw": 1.5})  # fmt: skip
        texts.append(f"at {energy:g} it is {at_zero:.0f} at η = 0 and diverges at η₂ = {limit:.4f}")
    ax.set(xlabel="restoring force $\\eta_k$", ylabel="$\\epsilon_k/\\epsilon_m$", xlim=(-0.2, 0.12), ylim=(0, 500))
    ax.axvline(0, color="0.8", lw=0.8, zorder=0)
    ax.legend(frameon=False, loc="upper left")
    return "Mode energy over formation energy against η for values of ε_m/k_BT: " + "; ".join(texts) + "."


def plot_branches(ax, beta_epsilon_m, eta=None):
    """Draw both branches of eq. 24 on a logarithmic scale, with the limits of eq. 19 and a marker at `eta`."""
    for branch, style in (("strong", "-"), ("weak", "--")):
        curve = stability_curve(beta_epsilon_m, branch=branch)
        ax.plot(curve.eta, curve.epsilon, style, color=COLOURS["glass"], label=f"{branch}ly softened")
    limits = [float(limit) for limit in harmonic_limits(beta_epsilon_m) if limit == limit]
    for name, limit in zip(("$\\eta_1$", "$\\eta_2$"), limits, strict=False):
        ax.axvline(limit, color="0.75", lw=0.8, zorder=0)
        ax.annotate(name, (limit, 0.94), xycoords=("data", "axes fraction"), ha="center",
                    bbox={"fc": "white", "ec": "none", "pad": 1})  # fmt: skip
    ax.set(xlabel="restoring force $\\eta_k$", ylabel="$\\epsilon_k/\\epsilon_m$", yscale="log")
    ax.set(xlim=(-0.5, 1), ylim=(1e-1, 1e5))
    ax.legend(frameon=False, loc="lower left")
    text = f"Both branches of the stability equation at ε_m/k_BT = {beta_epsilon_m:g}"
    text += ", with η₁ = {:.4f} and η₂ = {:.4f}".format(*limits) if limits else ", joined at η = ½"
    if eta is not None:
        point = stability_point(eta, beta_epsilon_m)
        ax.plot(eta, point.epsilon, "o", color=COLOURS["melting"])
        text += f"; at η = {eta:g} ε_k/ε_m is {point.epsilon:.4g}"
    return text + "."


def plot_landscape(ax, beta_epsilon, beta_epsilon_m):
    """Draw the free energy of a soft spot, counted from its minimum, with its stationary points."""
    eta = np.linspace(-0.5, 1.2, 600)
    stationary = dict(zip(("minimum", "maximum"), extrema(beta_epsilon, beta_epsilon_m), strict=True))
    seen = {name: place for name, place in stationary.items() if eta[0] <= place <= eta[-1]}
    heights = {name: float(local_free_energy(place, beta_epsilon, beta_epsilon_m)) for name, place in seen.items()}
    free_energy = local_free_energy(eta, beta_epsilon, beta_epsilon_m)
    floor = heights.get("minimum", free_energy.min())
    ax.plot(eta, free_energy - floor, color=COLOURS["glass"])
    for name, place in seen.items():
        ax.plot(place, heights[name] - floor, "v" if name == "minimum" else "^", color=COLOURS["melting"],
                label=f"{name}, $\\eta$ = {round(place, 3) + 0.0:.3f}")  # fmt: skip
    ax.set(xlabel="restoring force $\\eta$", ylabel="$\\beta[F - F(\\eta_{min})]$", xlim=(eta[0], eta[-1]))
    if len(seen) == 2:
        barrier = heights["maximum"] - floor
        ax.set_ylim(-0.6 * barrier - 0.5, 1.4 * barrier + 0.5)
    if seen:
        ax.legend(frameon=False)
    texts = [f"{name} at η = {place:.3f}" for name, place in seen.items()]
    found = " and ".join(texts) or "no stationary point in view"
    return f"Free energy of a soft spot at βε_k = {beta_epsilon:.4g}, βε_m = {beta_epsilon_m:g}: {found}."


def plot_crossover(ax, crystal_frequency, mass):
    """Draw N_s a² against T* for one glass's ν_c [Hz] and mass [kg], and the three glasses of the paper."""
    temperature, mass = np.geomspace(0.3, 5, 100), one(between, "mass", mass, 1e-28, 1e-22)
    omega_c = 2 * np.pi * one(between, "crystal_frequency", crystal_frequency, 1e6, 1e18)
    area = participation_area(CROSSOVER_RATIO * k * temperature, mass, omega_c)
    ax.plot(temperature, area / angstrom**2, color="0.4", label="eqs 6–8 for this glass")
    texts = []
    for formula, material in load_materials().items():
        star, printed_area = material.crossover_temperature.n, material.participation_area.n / angstrom**2
        ax.plot(star, printed_area, "o", color=COLOURS[formula], label=NAMES[formula])
        texts.append(f"{formula} {printed_area:.0f} Å² at {star:.2f} K")
    ax.set(xlabel="crossover temperature $T^*$ (K)", ylabel="$N_s a^2$ (Å$^2$)", xscale="log", yscale="log")
    plain_ticks(ax.xaxis, (0.3, 0.5, 1, 2, 5))
    ax.legend(frameon=False)
    return "Participation area against crossover temperature, falling as its third power: " + ", ".join(texts) + "."


def plot_formation(ax):
    """Draw ε_0 against T_g for constant ε_m/k_BT_g (eq. 23), and the three glasses of the paper."""
    temperature = np.geomspace(200, 2500, 100)
    for energy in (3, 5, 10):
        epsilon_0 = quartic_mode_energy(energy) * k * temperature / electron_volt
        ax.plot(temperature, epsilon_0, color="0.6", lw=0.8 + (energy == 5))
        ax.annotate(
            f"{energy}", (temperature[-1], epsilon_0[-1]), xytext=(3, 0), textcoords="offset points", va="center"
        )
    texts = []
    for formula, material in load_materials().items():
        ax.errorbar(material.glass_temperature.n, material.quartic_energy.n / electron_volt,
                    xerr=material.glass_temperature.s, fmt="o", color=COLOURS[formula],
                    label=NAMES[formula])  # fmt: skip
        texts.append(f"{formula} {material.formation_energy:.2uP}")
    ax.set(
        xlabel="glass transition temperature $T_g$ (K)",
        ylabel="$\\epsilon_0$ (eV)",
        xscale="log",
        yscale="log",
        ylim=(3, 1000),
    )
    plain_ticks(ax.xaxis, (200, 500, 1000, 2000))
    ax.legend(frameon=False, loc="upper left")
    return (
        "Quartic mode energy against glass transition temperature with lines of constant ε_m/k_BT_g = 3, 5 and 10; the "
        "glasses lie at " + ", ".join(texts) + "."
    )


def plain_ticks(axis, places):
    """Label a logarithmic axis with plain numbers at these places only."""
    axis.set_ticks(places, labels=[f"{place:g}" for place in places])
    axis.set_tick_params(which="minor", labelbottom=False, labelleft=False)
