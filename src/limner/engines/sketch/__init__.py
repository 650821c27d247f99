"""The offline sketcher: pictures without a key, drawn from what is understood of the prompt and plainly labelled."""

from limner.engines.sketch.sketcher import Sketcher

__all__ = ["Sketcher"]
