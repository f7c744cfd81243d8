"""GDAL as a partner runs it: `python gdal_client.py URL USER:KEY` reads the service and tells as JSON what it saw.

A process of its own: GDAL waits for an answer without letting another thread of the same process give it.
"""

import json
import sys

from pyogrio import list_layers, raw, read_info, set_gdal_config_options


def main(url, user_and_key):
    source, options = f"OAPIF:{url}", {"USERPWD": user_and_key}

    def read(layer="incidents", where=None, **more):
        meta, _fids, shapes, columns = raw.read(source, layer=layer, where=where, **options, **more)
        told = dict(zip(meta["fields"], columns, strict=True))
        return {"categories": list(told.get("category", ())), "codes": list(told.get("code", ())), "shapes": shapes}

    # Listing takes no options: the other way in which GDAL signs in.
    set_gdal_config_options({"GDAL_HTTP_AUTH": "BASIC", "GDAL_HTTP_USERPWD": user_and_key})
    info = read_info(source, layer="incidents", **options)
    everything = read()
    told = {
        "layers": dict(map(list, list_layers(source))),
        "count": info["features"],
        "fields": dict(zip(info["fields"], info["ogr_types"], strict=True)),
        "bounds": info["total_bounds"],
        "crs": info["crs"],
        "categories": everything["categories"],
        "without a place": sum(shape is None for shape in everything["shapes"]),
        "grave": read(where="severity = 'critical'")["categories"],
        "of a department": read(where="adm1_code = 'BO-L' AND verification = 'likely'")["categories"],
        "from a day on": read(where="occurred_at >= '2020/10/19'")["categories"],
        "between": read(where="occurred_at >= '2020/10/18 00:00:00' AND occurred_at <= '2020/10/18 23:59:59'")[
            "categories"
        ],
        "in a box": read(bbox=(-64.5, -20.5, -57.5, -13.5))["categories"],
        "page by page": read(PAGE_SIZE="1")["categories"],
        "borders": read(layer="boundaries", where="code = 'BO-S'")["codes"],
    }
    json.dump(told, sys.stdout, default=list)


if __name__ == "__main__":
    main(*sys.argv[1:])
