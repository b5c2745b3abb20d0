"""Qipan (棋盘): one board for a place's assessed improvement campaign."""

__version__ = "0.1.0"
