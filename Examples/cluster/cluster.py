#!/usr/bin/env python3
"""Three nodes, HAProxy before them and PostgreSQL behind them, all on this machine.

    Examples/cluster/cluster.py [--riposte .build/release/riposte]

Needs PostgreSQL and HAProxy (`apt install postgresql haproxy`). Everything is in a temporary folder and on free ports; it
runs until Ctrl-C, and leaves nothing. What is in here is what trial.py breaks.
"""
import argparse
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

# Whatever proxy others use, this machine needs none to reach itself.
os.environ["no_proxy"] = "127.0.0.1"
HERE = pathlib.Path(__file__).resolve().parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def postgres_program(name):
    """Debian keeps each version's programs apart."""
    for folder in sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name)
    if not found:
        raise SystemExit(f"{name} is not installed: apt install postgresql")
    return found


def unprivileged(command):
    """PostgreSQL does not run as root."""
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
    return user + command


class Cluster:
    """Starts and stops its parts, alone or all of them."""

    def __init__(self, riposte, arguments=(), quiet=True):
        self.riposte = str(pathlib.Path(riposte).resolve())
        self.arguments = list(arguments)
        self.quiet = quiet
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="riposte-cluster-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.database_port, self.port = free_port(), free_port()
        self.node_ports = [free_port() for _ in range(3)]
        self.password = secrets.token_urlsafe(16)
        self.nodes = [None] * 3
        self.database = self.proxy = None

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.port}/v1/realtime"

    def node_url(self, index):
        return f"ws://127.0.0.1:{self.node_ports[index]}/v1/realtime"

    def spawn(self, name, command, **options):
        log = (self.folder / f"{name}.log").open("ab")
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)

    # Parts

    def make_database(self):
        place = self.folder / "database"
        place.mkdir(mode=0o777)
        place.chmod(0o777)
        words = self.folder / "password"
        words.write_text(self.password)
        words.chmod(0o644)
        subprocess.run(
            unprivileged([postgres_program("initdb"), "-D", str(place / "data"), "-U", "riposte", "-N", "-A", "scram-sha-256",
                          "--pwfile", str(words), "-E", "UTF8", "--locale=C"]),
            check=True, stdout=subprocess.DEVNULL)
        words.unlink()
        self.start_database()

    def start_database(self):
        place = self.folder / "database"
        self.database = self.spawn(
            "database",
            unprivileged([postgres_program("postgres"), "-D", str(place / "data"), "-k", str(place),
                          "-c", "listen_addresses=127.0.0.1", "-p", str(self.database_port)]))
        self.wait(lambda: self.query("SELECT 1"), "the database")

    def stop_database(self):
        """At once, as when its machine is lost: what was acknowledged is on the disk."""
        self.database.send_signal(signal.SIGQUIT)
        self.database.wait()

    def query(self, sql):
        """Rows as lists of texts; None where the database does not answer."""
        environment = dict(os.environ, PGPASSWORD=self.password)
        done = subprocess.run(
            [postgres_program("psql"), "-h", "127.0.0.1", "-p", str(self.database_port), "-U", "riposte", "-d", "postgres",
             "-AtqX", "-F", "\t", "-c", sql],
            env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            return None
        return [line.split("\t") for line in done.stdout.splitlines()]

    def start_node(self, index):
        # In the environment the password is in no list of processes.
        memory = f"postgresql://riposte:{self.password}@127.0.0.1:{self.database_port}/postgres"
        self.nodes[index] = self.spawn(
            f"node{index + 1}",
            [self.riposte, "serve", "--port", str(self.node_ports[index]), "--wyoming-port", "0", "--max-sessions", "64",
             "--request-rate", "0", "--drain", "2", *self.arguments],
            env=dict(os.environ, RIPOSTE_MEMORY=memory))

    def is_ready(self, index=None):
        """Whether a node takes clients; without one, whether the proxy does."""
        port = self.port if index is None else self.node_ports[index]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def metrics(self, index):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.node_ports[index]}/metrics", timeout=5) as answer:
                lines = answer.read().decode().splitlines()
        except OSError:
            return {}
        return {line.split()[0]: float(line.split()[-1]) for line in lines if line and line[0] != "#"}

    def kill_node(self, index):
        """As when its machine is lost."""
        self.nodes[index].kill()
        self.nodes[index].wait()

    def end_node(self, index):
        """As when it gets a new version: it drains, and ends."""
        self.nodes[index].terminate()
        self.nodes[index].wait()

    def start_proxy(self):
        program = shutil.which("haproxy") or "/usr/sbin/haproxy"
        if not os.path.exists(program):
            raise SystemExit("HAProxy is not installed: apt install haproxy")
        places = {f"RIPOSTE_NODE_{i + 1}": f"127.0.0.1:{port}" for i, port in enumerate(self.node_ports)}
        self.proxy = self.spawn(
            "haproxy", [program, "-db", "-f", str(HERE / "haproxy.cfg")],
            env=dict(os.environ, RIPOSTE_BIND=f"127.0.0.1:{self.port}", **places))

    # All

    def start(self):
        self.say("starting PostgreSQL, three nodes and HAProxy …")
        self.make_database()
        for index in range(3):
            self.start_node(index)
        self.start_proxy()
        for index in range(3):
            self.wait(lambda: self.is_ready(index), f"node {index + 1}", 300)
        self.wait(self.is_ready, "the proxy")
        self.say(f"ready: http://127.0.0.1:{self.port}")

    def wait(self, condition, what, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise RuntimeError(f"{what} is not ready\n{self.logs()}")
            time.sleep(0.1)

    def logs(self):
        return "\n".join(
            f"{log.name}: {line}" for log in sorted(self.folder.glob("*.log"))
            for line in log.read_text(errors="replace").splitlines()[-15:])

    def say(self, text):
        print(text, flush=True)

    def close(self):
        for child in [self.proxy, *self.nodes]:
            if child and child.poll() is None:
                child.terminate()
        for child in [self.proxy, *self.nodes]:
            if child:
                try:
                    child.wait(20)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
        if self.database and self.database.poll() is None:
            self.database.send_signal(signal.SIGINT)
            self.database.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--riposte", default=".build/release/riposte")
    parser.add_argument("arguments", nargs="*", help="what else the nodes are told, after --")
    given = parser.parse_args()
    with Cluster(given.riposte, given.arguments, quiet=False) as cluster:
        try:
            signal.pause()
        except KeyboardInterrupt:
            cluster.say("ending")


if __name__ == "__main__":
    sys.exit(main())
