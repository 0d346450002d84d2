"""Hill and adstock, against hand-worked numbers and their defining properties."""

import numpy as np
import pytest

from datagen.response import adstock, half_saturation, hill


def test_hill_is_half_way_at_its_half_point():
    spend, half, shape = np.array([0.0, 50.0, 100.0, 1e9]), np.full(4, 100.0), np.full(4, 2.0)
    assert hill(spend, half, shape) == pytest.approx([0, 0.2, 0.5, 1], abs=1e-6)


@pytest.mark.parametrize(("elasticity", "shape"), [(0.3, 1.2), (0.66, 1.0), (0.92, 1.0)])
def test_half_saturation_gives_the_elasticity(elasticity, shape):
    spend, shape = np.array([4000.0]), np.array([shape])
    half = half_saturation(spend, np.array([elasticity]), shape)
    up, down = (np.log(hill(spend * f, half, shape)) for f in (1.0001, 0.9999))
    assert (up - down) / (np.log(1.0001) - np.log(0.9999)) == pytest.approx(elasticity, rel=1e-4)


def test_adstock_by_hand():
    # newest first: (40 + 0.5 × 20 + 0.25 × 0) / (1 + 0.5 + 0.25)
    assert adstock(np.array([[40.0], [20.0], [0.0]]), np.array([0.5])) == pytest.approx([50 / 1.75])
    assert adstock(np.full((14, 1), 7.0), np.array([0.3])) == pytest.approx([7])
