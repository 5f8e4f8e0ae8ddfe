"""Plays partner sites on loopback and has `handbill fetch` and `handbill build` work on them. It judges nothing."""
import http.server
import json
import os
import pathlib
import subprocess
import threading


class Site:
    """A folder with one organization, whose partners answer what `answers` holds: slug to (status, Content-Type, body)."""

    def __init__(self, binary, folder, slugs, options=lambda slug: ""):
        self.binary, self.folder, self.answers = os.path.abspath(binary), pathlib.Path(folder), {}
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                status, kind, body = site.answers[self.path.strip("/").split(".")[0]]
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        host = f"127.0.0.1:{self.server.server_port}"
        (self.folder / "feeds").mkdir(parents=True)
        with open(self.folder / "feeds" / "neighbors.toml", "w") as file:
            file.write('[organization]\nname = "Neighbors"\n')
            for slug in slugs:
                file.write(f'[[partner]]\nslug = "{slug}"\nname = "{slug}"\nurl = "http://{host}/{slug}.ics"\n')
                file.write(options(slug))
        self.environment = dict(
            os.environ,
            HANDBILL_FEEDS=str(self.folder / "feeds"),
            HANDBILL_STATE=str(self.folder / "state"),
            HANDBILL_MAX_FEED_BYTES="500000000",
            HANDBILL_PARTNERS_ALLOW_ADDRESSES=host,
            HANDBILL_PARTNERS_PER_HOST="16",
        )

    def close(self):
        self.server.shutdown()

    def run(self, *arguments, now=None):
        """Runs the program; `now` is the time in UTC that its clock shows, for which libfaketime has to be there."""
        environment = self.environment if now is None else dict(self.environment, **clock(now))
        done = subprocess.run([self.binary, *arguments], env=environment, cwd=self.folder, capture_output=True, timeout=900)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(arguments)}: {done.returncode}\n{done.stderr.decode()}")
        return done.stdout.decode()

    def fetch(self, now=None):
        """What `fetch` tells of each partner, by slug."""
        lines = map(json.loads, self.run("fetch", "--format", "json", now=now).splitlines())
        return {line["partner"]: line for line in lines}

    def build(self, now=None):
        self.run("build", "--out", str(self.folder / "out"), now=now)

    def feed(self, slug):
        """The published feed of a partner."""
        return (self.folder / "out" / "partner" / f"{slug}.ics").read_bytes()


def clock(now):
    import libfaketime

    vendor = pathlib.Path(libfaketime.__file__).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
    time = now.strftime("%Y-%m-%d %H:%M:%S")
    return {"LD_PRELOAD": str(vendor), "FAKETIME": time, "DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}
