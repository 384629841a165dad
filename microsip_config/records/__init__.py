"""What is kept between runs, beside our own data and never in the ini: record and pending note."""

from ..system.private import target_folder, target_id, target_path

__all__ = ["target_folder", "target_id", "target_path"]
