"""How a histogram is shown: as HTML in notebooks, and by matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backproj._engine.engines import State
from backproj._validate.arrays import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Shown:
    """What draws a histogram; `Histogram` has its methods."""

    __slots__ = ()

    _state: State

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the bins in their colours, and what they are."""
        from backproj._plot import draw  # by the few that show a histogram

        return draw.html(self._state)

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw the histogram with matplotlib, each bin in its colour.

        Hue alone is drawn as bars. Hue and saturation are drawn as a plane whose bins are the brighter
        the fuller they are; of three channels, each sum over all values.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw. Default: the axes of a new figure.

        Returns
        -------
        matplotlib.axes.Axes
            Where it was drawn.

        Raises
        ------
        ImportError
            If there is no matplotlib. ``pip install 'backproj[plot]'`` installs it.
        TypeError
            If ax is no Axes.

        Examples
        --------
        >>> import backproj
        >>> import matplotlib.figure
        >>> import numpy as np
        >>> model = np.full((8, 8, 3), (30, 60, 220), np.uint8)
        >>> ax = matplotlib.figure.Figure().subplots()
        >>> backproj.Histogram(model).plot(ax=ax).get_ylabel()
        'saturation'
        """
        from backproj._plot import draw

        try:
            import matplotlib.axes
            import matplotlib.pyplot
        except ModuleNotFoundError as error:
            if error.name != "matplotlib":
                raise
            raise ImportError("Histogram.plot needs matplotlib: pip install 'backproj[plot]'") from None
        if ax is None:
            _, ax = matplotlib.pyplot.subplots()
        elif not isinstance(ax, matplotlib.axes.Axes):
            raise TypeError(f"ax must be a matplotlib Axes, not {shown(ax)}; plt.subplots()[1] is one")
        draw.draw(self._state, ax)
        return ax
