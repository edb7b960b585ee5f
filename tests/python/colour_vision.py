"""How far apart colours look, with normal and with deficient colour vision."""

import numpy as np

# Severity 1 of protanomaly, deuteranomaly and tritanomaly, in linear RGB: Machado,
# Oliveira and Fernandes (2009), A Physiologically-based Model for Simulation of Color
# Vision Deficiency.
DEFICIENCIES = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216,
         -0.003882, -0.048116, 1.051998]
    ).reshape(3, 3),
    "deuteranopia": np.array(
        [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413,
         -0.011820, 0.042940, 0.968881]
    ).reshape(3, 3),
    "tritanopia": np.array(
        [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602,
         0.004733, 0.691367, 0.303900]
    ).reshape(3, 3),
}  # fmt: skip
# Linear sRGB to CIE XYZ, and the white that both are relative to (D65).
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colour: str) -> np.ndarray:
    """Give a colour `#RRGGBB` as linear RGB, each from 0 to 1."""
    encoded = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(
        encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4
    )


def lab(colour: str, vision: str = "normal") -> np.ndarray:
    """Give a colour in CIE Lab, as it looks with this vision."""
    seen = np.clip(DEFICIENCIES[vision] @ linear(colour), 0, 1)
    ratio = XYZ @ seen / WHITE
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def smallest_difference(first: str, second: str) -> float:
    """Give the CIE76 difference of two colours in the vision that sees the least."""
    return min(
        float(np.linalg.norm(lab(first, vision) - lab(second, vision)))
        for vision in DEFICIENCIES
    )


def contrast_with_white(colour: str) -> float:
    """Give the contrast ratio of WCAG 2 with white, 1 to 21."""
    return 1.05 / (float(XYZ[1] @ linear(colour)) + 0.05)
