"""Many draws: stochastic levels, and their projection reduced to what is asked for.

`draws` is the public call; `checks` refuses what cannot be meant, `arrange` lays labelled inputs
out for the kernel, `keep` says what is kept of each draw and where. No arithmetic on people is
done here: that is in `kernels.ensemble`.
"""

from popsim.ensembles.draws import project_ensemble

__all__ = ["project_ensemble"]
