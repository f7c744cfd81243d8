"""The demonstration as `manage.py demo` makes it, kept once in a run: its folder, and on PostgreSQL its rows as SQL.

Preparing one takes ten seconds of the processor's, most of it for migrations; a copy takes one. Knows nothing of what a
stack is for.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.services import PostgresCluster


@dataclass
class Prepared:
    folder: Path
    data: Path
    base_url: str
    rows: str

    @classmethod
    def keep(cls, folder: Path, data: Path, base_url: str, cluster: PostgresCluster | None, database: str):
        """What was just prepared in `data`, before anything of it runs."""
        shutil.copytree(data, folder)
        return cls(folder, data, base_url, cluster.dump(database) if cluster else "")

    def copy(self, data: Path, base_url: str, cluster: PostgresCluster | None, database: str) -> None:
        """As if prepared there. Only demo.json says where; mails of the demonstration lead to where it was first."""
        shutil.copytree(self.folder, data, dirs_exist_ok=True)
        credentials = data / "demo.json"
        said = credentials.read_text().replace(self.base_url, base_url).replace(str(self.data), str(data))
        credentials.write_text(said)
        if cluster:
            cluster.restore(database, self.rows)
