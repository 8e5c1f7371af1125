"""The paper's equations as pure functions: arrays in, arrays out.

Modules follow the paper: `potential` (section 2), `crossover` (eqs 6-8), `free_energy` (eqs 10-12, 21, 22), `stability`
(eqs 18-20, 23, 24), `landscape` (eq. 15 and what lies behind eq. 18) and `local_modes` (eqs 13, 14, 17). `levels`,
`heat_capacity` and `heat_capacity_fit` compute what eq. 8 quotes. SI units in the first two and the last, units of W in
`levels` and `heat_capacity`, of k_B T in the others.
"""
