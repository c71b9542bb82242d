"""What tests of reports share."""

import pytest

import verify.reporting.figures


@pytest.fixture(scope="module")
def one_figure():
    """Of the figures, each of which takes seconds to draw, pages have but one."""
    with pytest.MonkeyPatch.context() as patch:
        curse = verify.reporting.figures.FIGURES["curse"]
        patch.setattr(verify.reporting.figures, "FIGURES", {"curse": curse})
        yield
