"""The standard work in the form that asv runs: ``asv run --config benchmarks/asv.conf.json``."""

from __future__ import annotations

from typing import Any

from benchmarks.works import WORKS


class _Case:
    """One work; the compiler is done before the clock runs."""

    params = [list(WORKS)]
    param_names = ["work"]
    timeout = 600.0
    warmup_time = 0.0
    number = 1

    def setup(self, name: str) -> None:
        self.work = WORKS[name]()
        self.work.api()
        self.compiled = self.work.kernel()

    def teardown(self, name: str) -> None:
        del self.work, self.compiled


class Kernel(_Case):
    def time_kernel(self, name: str) -> Any:
        return self.compiled()


class Labelled(_Case):
    def time_api(self, name: str) -> Any:
        return self.work.api()

    def peakmem_api(self, name: str) -> Any:
        return self.work.api()


class Numpy(_Case):
    def time_numpy(self, name: str) -> Any:
        return self.work.numpy()
