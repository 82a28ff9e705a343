"""Elderly care."""
