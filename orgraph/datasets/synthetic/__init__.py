"""Seeded generators of synthetic figures and maps: the same seed gives the same data on every platform.

Only :class:`random.Random` and the four basic operations decide anything, so no result depends on a mathematics library.
"""

from orgraph.datasets.synthetic.apportion import apportion
from orgraph.datasets.synthetic.city import City, make_city
from orgraph.datasets.synthetic.planar_map import PlanarMap, make_map

__all__ = ["City", "PlanarMap", "apportion", "make_city", "make_map"]
