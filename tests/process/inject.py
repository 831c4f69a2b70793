"""Makes another process do a system call, as code would that had taken it over (x86-64, ptrace)."""
import ctypes
import os
import signal
import struct

SYS = {"read": 0, "open": 2, "socket": 41, "fork": 57, "execve": 59, "ptrace": 101,
       "openat": 257, "unshare": 272}
ATTACH, DETACH, GETREGS, SETREGS, STEP = 16, 17, 12, 13, 9
# The places in struct user_regs_struct.
R10, R9, R8, RAX, RDX, RSI, RDI, ORIG_RAX, RIP, RSP = 7, 8, 9, 10, 12, 13, 14, 15, 16, 19
SYSCALL = b"\x0f\x05"

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def ptrace(request, pid, data=None):
    if libc.ptrace(request, pid, None, data) == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


class Taken:
    """The process `pid`, stopped, for the time of a `with`; goes on unharmed afterwards."""

    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        ptrace(ATTACH, self.pid)
        os.waitpid(self.pid, 0x40000000)  # __WALL
        self.memory = open(f"/proc/{self.pid}/mem", "r+b", buffering=0)
        self.before = (ctypes.c_ulonglong * 27)()
        ptrace(GETREGS, self.pid, self.before)
        self.place = self.before[RIP]
        self.code = self.look(self.place, 2)
        return self

    def __exit__(self, *what):
        self.write(self.place, self.code)
        ptrace(SETREGS, self.pid, self.before)
        self.memory.close()
        ptrace(DETACH, self.pid)

    def look(self, where, size):
        self.memory.seek(where)
        return self.memory.read(size)

    def write(self, where, data):
        self.memory.seek(where)
        self.memory.write(data)

    def call(self, name, *arguments):
        """The result: not negative, or minus the error number. A bytes argument lies in memory."""
        registers = (ctypes.c_ulonglong * 27)(*self.before)
        free = self.before[RSP] - 4096  # below what the thread uses
        places = [RDI, RSI, RDX, R10, R8, R9]
        for place, argument in zip(places, arguments):
            if isinstance(argument, bytes):
                free -= (len(argument) + 17) & ~15
                self.write(free, argument + b"\0")
                argument = free
            registers[place] = argument & 0xFFFFFFFFFFFFFFFF
        registers[RAX] = SYS[name]
        registers[ORIG_RAX] = 0xFFFFFFFFFFFFFFFF  # nothing is to be begun again
        registers[RIP] = self.place
        self.write(self.place, SYSCALL)
        ptrace(SETREGS, self.pid, registers)
        ptrace(STEP, self.pid)
        _, status = os.waitpid(self.pid, 0x40000000)
        assert os.WIFSTOPPED(status) and os.WSTOPSIG(status) == signal.SIGTRAP, status
        ptrace(GETREGS, self.pid, registers)
        return struct.unpack("<q", struct.pack("<Q", registers[RAX]))[0]
