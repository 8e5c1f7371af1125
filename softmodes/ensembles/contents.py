"""What the files of each kind of ensemble hold: the parameters that are needed, and the arrays of one member."""

from softmodes.arguments import finite, one, positive, whole

_PARAMETERS = {
    "glass": {"n", "seed", "temperature", "steps", "cooling_steps"},
    "liquid": {"n", "seed", "temperatures", "steps"},
    "softening": {"n", "seed"},
    "instability": {"n", "seed"},
}
# Shapes of one member: n atoms, m = 3n - 3 modes, t temperatures; motions, points of paths and clusters are counted
# in `soft_spots`, modes and times in `glasses` and `liquids`.
_SHAPES = {
    "glass": {
        "frequencies participation_number": "m",
        "energy order excess rejected": "",
        "kappa tau chi chi_relaxed pseudo_kappa pseudo_tau pseudo_chi pseudo_participation": "10",
        "moduli": "2",
        "box": "3",
        "positions liquid": "n 3",
    },
    "liquid": {
        "frequencies participation_number": "t m",
        "inherent_frequencies inherent_participation_number": "t 60",
        "configurational_temperature order excess rejected inherent_energy harmonic distance": "t",
        "energy": "t 2",
        "displacement": "t 24",
    },
    "softening": {
        "stiffness participation_number compliance": "4",
        "energy lowest": "4 10",
        "strain": "4 2",
        "shares rates": "4 m",
        "eigenvalues": "m",
        "box": "3",
        "positions": "n 3",
    },
    "instability": {
        "one_atom energy followed_participation": "10",
        "cost participation_number": "6",
    },
}


def check_contents(headers, manifest, *, count=None):
    """A ValueError unless the arrays of a member, or of a pack of `count`, are those of its kind and parameters.

    `headers` are shapes and types, ``{name: (shape, dtype)}``. Of a kind that is not known here anything is accepted.
    """
    if manifest["kind"] not in _SHAPES:
        return
    sizes = _sizes(manifest["kind"], manifest["parameters"])
    wanted = {name: words.split() for names, words in _SHAPES[manifest["kind"]].items() for name in names.split()}
    if set(headers) != set(wanted):
        raise ValueError(f"it holds {', '.join(sorted(headers)) or 'nothing'}, not {', '.join(sorted(wanted))}")
    for name, (shape, dtype) in headers.items():
        expected = tuple(sizes[word] if word in sizes else int(word) for word in wanted[name])
        if count is not None and name != "box":
            # of the structures a pack keeps the first ones only
            some = wanted[name][:1] == ["n"] and shape and 1 <= shape[0] < count
            expected = (shape[0] if some else count, *expected)
        if shape != expected or dtype.kind != ("i" if name == "rejected" else "f"):
            raise ValueError(f"{name} is {dtype} of shape {shape}, not numbers of shape {expected}")


def _sizes(kind, parameters):
    if missing := _PARAMETERS[kind] - set(parameters):
        raise ValueError(f"its manifest does not give {', '.join(sorted(missing))}")
    for name in _PARAMETERS[kind] - {"n", "temperatures"}:
        one(finite, name, parameters[name])
    n = whole("n", parameters["n"])
    return {"n": n, "m": 3 * n - 3, "t": positive("temperatures", parameters.get("temperatures", [1])).size}
