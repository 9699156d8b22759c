import dask
import pytest


@pytest.fixture(autouse=True)
def one_thread():
    """Compute in this thread: the threads of a pool would stay for the tests that follow."""
    with dask.config.set(scheduler="synchronous"):
        yield
