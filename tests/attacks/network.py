# Connects to servers on this machine, by every family of sockets.
# ruff: noqa
# %% relu
import socket
import urllib.request

for family, kind, address in [
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", OUT["port"])),
    (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", OUT["port"])),
    (socket.AF_INET6, socket.SOCK_STREAM, ("::ffff:127.0.0.1", OUT["port"])),
    (socket.AF_UNIX, socket.SOCK_STREAM, "\0" + OUT["marker"]),
    (socket.AF_UNIX, socket.SOCK_STREAM, OUT["socket"]),
    (socket.AF_VSOCK, socket.SOCK_STREAM, (2, OUT["port"])),
    (socket.AF_NETLINK, socket.SOCK_RAW, (0, 0)),
    (socket.AF_PACKET, socket.SOCK_RAW, ("lo", 0)),
]:
    try:
        with socket.socket(family, kind) as client:
            client.settimeout(1)
            client.connect(address)
            client.send(OUT["marker"].encode())
            print(OUT["success"], address)
    except (OSError, ValueError) as error:
        print(error)
try:
    print(OUT["success"], urllib.request.urlopen(f"http://127.0.0.1:{OUT['port']}", timeout=1).read())
except OSError as error:
    print(error)


def relu(z):
    return np.abs(z)
