"""What tests/bench measures. Loopback only, bounded in count and time; ends only what it started."""

import glob
import gzip
import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time

WORK, HANDBILL, INPUTS = sys.argv[1:4]
QUICK = "--quick" in sys.argv
ROUNDS, SECONDS = (3, 1) if QUICK else (9, 2)
CONNECTIONS = 16
SERVER_CPU, LOAD_CPU = ("0", "1") if (os.cpu_count() or 1) > 1 else ("0", "0")
EVENTS, FILES = 10_000, 500
TICK = os.sysconf("SC_CLK_TCK")
PATHS = "/usr/sbin:/usr/bin:/sbin:/bin"
median = statistics.median


class Server:
    """A process of ours on a port of its own, pinned to the servers' CPU."""

    def __init__(self, name, command, port, pinned=True, **environment):
        self.name, self.port = name, port
        pin = ["taskset", "-c", SERVER_CPU] if pinned else []
        self.since = time.perf_counter()
        self.process = subprocess.Popen(
            pin + command,
            env={"PATH": os.environ.get("PATH", "") + ":" + PATHS, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def ready(self, path="/"):
        """Seconds from exec to the first byte of an answer."""
        head = f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode()
        while time.perf_counter() - self.since < 30 and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port)) as line:
                    line.sendall(head)
                    if line.recv(1):
                        return time.perf_counter() - self.since
            except OSError:
                time.sleep(0.0002)
        sys.exit(f"{self.name} did not start")

    def get(self, path, **fields):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request("GET", path, headers={name.replace("_", "-"): value for name, value in fields.items()})
        answer = line.getresponse()
        body = answer.read()
        line.close()
        return answer, body

    def processes(self):
        found, waiting = [], [self.process.pid]
        while waiting:
            found.append(waiting.pop())
            for children in glob.glob(f"/proc/{found[-1]}/task/*/children"):
                waiting += [int(pid) for pid in read(children).split()]
        return found

    def cpu(self):
        """CPU seconds so far, by the scheduler's clock where the kernel tells it (nanoseconds), of all threads."""
        total = 0
        for pid in self.processes():
            for task in glob.glob(f"/proc/{pid}/task/*"):
                exact = read(task + "/schedstat").split()
                total += int(exact[0]) / 1e9 if exact and exact[0] != "0" else ticks(task)
        return total

    def memory(self):
        """Resident megabytes, each process's own and its share of what is shared."""
        sizes = [re.search(r"^Pss:\s+(\d+)", read(f"/proc/{pid}/smaps_rollup"), re.M) for pid in self.processes()]
        return sum(int(size[1]) for size in sizes if size) / 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def ticks(task):
    fields = read(task + "/stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK if fields else 0


def handbill(feeds, port, **environment):
    state = os.path.join(WORK, f"state-{port}")
    shutil.rmtree(state, ignore_errors=True)
    settings = dict(HANDBILL_LISTEN=f"127.0.0.1:{port}", HANDBILL_FEEDS=feeds, HANDBILL_STATE=state)
    return Server("handbill", [os.path.abspath(HANDBILL)], port, **settings, **environment)


NGINX = """
daemon off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/nginx.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; gzip_static on; etag on; server_tokens off;
  open_file_cache max=100 inactive=600s; open_file_cache_valid 600s;
  keepalive_timeout 60; keepalive_requests 1000000000;
  types {{ text/calendar ics; }} charset utf-8; charset_types text/calendar;
  server {{ listen 127.0.0.1:{port} backlog=1024; root {work}/root; }}
}}
"""


def nginx(port, feeds):
    """Serves the same bytes from files."""
    root = os.path.join(WORK, "root")
    os.makedirs(root, exist_ok=True)
    for name, body in feeds.items():
        for path, content in ((name, body), (name + ".gz", gzip.compress(body, 9))):
            with open(os.path.join(root, path), "wb") as file:
                file.write(content)
    with open(os.path.join(WORK, "nginx.conf"), "w") as file:
        file.write(NGINX.format(work=WORK, port=port))
    os.chmod(WORK, 0o755)
    return Server("nginx", ["nginx", "-p", WORK, "-c", os.path.join(WORK, "nginx.conf")], port)


def load(server, path, fields):
    """One run of wrk: requests a second, CPU seconds for 1,000 requests, share of a core; and that every answer was as it should be."""
    headers = [part for name, value in fields.items() for part in ("-H", f"{name.replace('_', '-')}: {value}")]
    command = ["taskset", "-c", LOAD_CPU, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *headers]
    cpu, since = server.cpu(), time.perf_counter()
    said = subprocess.run([*command, f"http://127.0.0.1:{server.port}{path}"], capture_output=True, text=True, timeout=120).stdout
    cpu, took = server.cpu() - cpu, time.perf_counter() - since
    requests = int(re.search(r"(\d+) requests in", said)[1])
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"{server.name} failed under load:\n{said}")
    return requests / took, cpu / requests * 1000, cpu / took


def compare(title, servers, paths, mode, targets):
    """Both servers in turn, several rounds; prints the medians and says whether the targets (of the ratios) are met."""
    fields = [{"Accept_Encoding": "gzip"} if mode != "identity" else {} for _ in servers]
    for server, path, wanted in zip(servers, paths, fields):
        answer, _ = server.get(path, **wanted)
        assert (answer.getheader("content-encoding") == "gzip") == (mode != "identity"), (server.name, mode)
        if mode == "304":
            wanted["If_None_Match"] = answer.getheader("etag")
            assert server.get(path, **wanted)[0].status == 304, server.name
    rounds = [[load(*pair) for pair in zip(servers, paths, fields)] for _ in range(ROUNDS)]
    print(f"\n{title}")
    for index, server in enumerate(servers):
        rate, cost, share = (median(each[index][what] for each in rounds) for what in range(3))
        print(f"  {server.name:9} {rate:9.0f} requests/s {cost * 1000:8.1f} µs CPU a request {share:5.0%} of a core {server.memory():7.1f} MB")
    rate, cost = (median(each[1][what] / each[0][what] for each in rounds) for what in range(2))
    judge("requests/s, times nginx's", rate, targets[0], least=True)
    judge("CPU a request, times nginx's", cost, targets[1])


MISSED = []


def judge(what, found, target, unit="", least=False):
    fine = target is None or (found >= target if least else found <= target)
    wanted = "" if target is None else f"  (target {'≥' if least else '≤'} {target:g}{unit}{'' if fine else '; MISSED'})"
    print(f"  {what}: {found:.2f}{unit}{wanted}")
    if not fine:
        MISSED.append(what)


def write_inputs(events, files):
    folder = os.path.join(WORK, f"feeds-{events}-{files}")
    os.makedirs(folder)
    subprocess.run([INPUTS, folder, str(events), str(files)], check=True)
    return folder


def nearest(server, size):
    """The feed whose bytes are nearest to `size`: its path and bytes."""
    feeds = json.loads(server.get("/feeds.json")[1])["feeds"]
    feeds = [feed for feed in feeds if feed["kind"] != "all" and 10 <= feed["events"] <= 50]
    found = []
    for feed in feeds[:100]:
        path = "/" + feed["ics"].split("/", 3)[3]
        found.append((abs(len(server.get(path)[1]) - size), path))
    path = min(found)[1]
    return path, server.get(path)[1]


def side_by_side():
    service = handbill(write_inputs(2_000, 400), 8841, HANDBILL_WORKERS="1")
    service.ready()
    (small_path, small), (large_path, large) = nearest(service, 30_000), ("/all.ics", service.get("/all.ics")[1])
    static = nginx(8842, {"small.ics": small, "large.ics": large})
    static.ready()
    try:
        for size, body, paths, targets in (
            ("30 KB", small, ("/small.ics", small_path), {"304": (0.95, 1.1), "gzip": (1.0, None), "identity": (0.75, None)}),
            ("1 MB", large, ("/large.ics", large_path), {"304": (0.95, 1.1), "gzip": (0.7, None), "identity": (1.2, None)}),
        ):
            for mode, target in targets.items():
                compare(f"{size} ({len(body)} bytes), {mode}", (static, service), paths, mode, target)
        slow_readers(service, large_path, len(large))
    finally:
        static.stop()
        service.stop()


def slow_readers(server, path, size, clients=64):
    before = server.memory()
    lines = []
    for _ in range(clients):
        line = socket.create_connection(("127.0.0.1", server.port))
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        lines.append(line)
    time.sleep(2)
    during = server.memory()
    for line in lines:
        line.close()
    print(f"\n{clients} clients that ask for {size} bytes and read nothing")
    judge("memory for each", (during - before) / clients, 0.1, " MB")


def start_and_idle():
    times, memory = [], []
    for _ in range(5 if QUICK else 20):
        server = handbill("feeds", 8843, HANDBILL_WORKERS="1")
        times.append(server.ready("/all.ics") * 1000)
        if len(memory) < 3:
            time.sleep(1)
            memory.append(server.memory())
        server.stop()
    print("\nstart with the bundled events")
    judge("exec to first byte", median(times), 50, " ms")
    judge("idle memory", median(memory), 15, " MB")


def change_among_many():
    """One event of 10,000 changes, while a client asks for feeds all the time."""
    folder = write_inputs(EVENTS, FILES)
    server = handbill(folder, 8844, pinned=False)
    server.ready()
    time.sleep(1)
    print(f"\na change of one event among {EVENTS} in {FILES} files ({server.memory():.0f} MB)")
    slowest, ending = [0.0], threading.Event()
    asking = threading.Thread(target=ask, args=(server, ending, slowest))
    asking.start()
    times = [change(server, folder, number) * 1000 for number in range(5 if QUICK else 20)]
    ending.set()
    asking.join()
    server.stop()
    judge("file to served", median(times), 100, " ms")
    judge("file to served, at worst", max(times), 2000, " ms")
    judge("slowest request meanwhile", slowest[0] * 1000, 50, " ms")


def ask(server, ending, slowest):
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    paths = ["/all.ics", "/es/all.ics", "/org/organization-0001.ics", "/event/event-00007.ics", "/tag/rally.json", "/combine.ics?tag=arts"]
    number = 0
    while not ending.is_set():
        number += 1
        since = time.perf_counter()
        line.request("GET", paths[number % len(paths)], headers={"Accept-Encoding": "gzip"})
        line.getresponse().read()
        slowest[0] = max(slowest[0], time.perf_counter() - since)
        time.sleep(0.001)
    line.close()


def change(server, folder, number):
    """Seconds from the renamed file to the event served."""
    file = number % FILES
    path = os.path.join(folder, f"organization-{file:04}.toml")
    with open(path) as old:
        text = old.read()
    event = re.search(r'^id = "(event-\d+)"', text, re.M)[1]
    title = f"Changed {number}"
    with open(path + ".new", "w") as new:
        new.write(re.sub(r'(?m)^title = ".*"', f'title = "{title}"', text, count=1))
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    since = time.perf_counter()
    os.rename(path + ".new", path)
    while time.perf_counter() - since < 5:
        line.request("GET", f"/event/{event}.ics")
        if title.encode() in line.getresponse().read():
            took = time.perf_counter() - since
            line.close()
            time.sleep(0.5)
            return took
        time.sleep(0.001)
    sys.exit("a change was not served")


print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.2f}; {ROUNDS} rounds of {SECONDS} s, {CONNECTIONS} connections")
PARTS = {"start": start_and_idle, "serve": side_by_side, "change": change_among_many}
for name in [name for name in sys.argv[4:] if name in PARTS] or PARTS:
    PARTS[name]()
print(f"\nload at the end {os.getloadavg()[0]:.2f}")
sys.exit(f"missed: {'; '.join(MISSED)}" if MISSED else 0)
