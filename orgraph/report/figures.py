"""Figures as people read them."""

from __future__ import annotations


def amount(value: int | float) -> str:
    """Return a number with thousands marked: whole numbers whole, others with as many decimals as their size asks for."""
    if value == int(value):
        return f"{int(value):,}"
    size = abs(value)
    return f"{value:,.0f}" if size >= 1000 else f"{value:,.1f}" if size >= 10 else f"{value:.2f}"


def change(value: float) -> str:
    """Return a difference with its sign; nought without one."""
    if abs(value) < 0.005:
        return "0"
    size = abs(value)
    return ("+" if value > 0 else "−") + (
        f"{size:,.0f}" if size >= 100 else f"{size:,.1f}" if size >= 10 else f"{size:.2f}"
    )


def percent(share: float) -> str:
    """Return a deviation as a percentage with its sign."""
    words = f"{abs(share):.1%}"
    return words if words == "0.0%" else ("+" if share > 0 else "−") + words
