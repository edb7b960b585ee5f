"""Keep the numerical libraries on one thread.

Sums that several threads make end in whatever order the threads do, and their last
bits differ from run to run: a fit would never learn the same twice.
"""

from functools import cache

from threadpoolctl import threadpool_limits


@cache
def use_one_thread() -> None:
    """Limit BLAS and OpenMP to one thread, for the rest of the process.

    For good and not for a while: the limit belongs to the whole process, and of two
    dbt threads the first to end would lift it under the other. The database engine's
    own threads are not concerned.
    """
    threadpool_limits(limits=1)
