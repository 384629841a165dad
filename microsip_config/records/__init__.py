"""What is kept between runs, in the data folder and never in the ini."""

from .folder import RecordsFolder, target_id, target_path

__all__ = ["RecordsFolder", "target_id", "target_path"]
