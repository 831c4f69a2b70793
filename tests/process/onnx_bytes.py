"""Writes small ONNX models: the few fields of the format that a graph of a handful of nodes needs.
Numbers of the fields: onnx/onnx.proto."""
import numpy

FLOAT, INT32, INT64 = 1, 6, 7
KINDS = {numpy.dtype("float32"): FLOAT, numpy.dtype("int32"): INT32, numpy.dtype("int64"): INT64}


def _varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _number(field, value):
    return _varint(field << 3) + _varint(value)


def _bytes(field, content):
    content = content.encode() if isinstance(content, str) else content
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _tensor(name, value):
    value = numpy.asarray(value)
    return (b"".join(_number(1, size) for size in value.shape) + _number(2, KINDS[value.dtype]) + _bytes(8, name)
            + _bytes(9, value.tobytes()))


def _attribute(name, value):
    if isinstance(value, int):
        return _bytes(1, name) + _number(3, value) + _number(20, 2)
    return _bytes(1, name) + b"".join(_number(8, item) for item in value) + _number(20, 7)


def _place(name, kind, shape):
    """An input or output; sizes that are text are free."""
    sizes = b"".join(_bytes(1, _bytes(2, size) if isinstance(size, str) else _number(1, size)) for size in shape)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, sizes)))


class Graph:
    def __init__(self):
        self.nodes, self.tensors, self.inputs, self.outputs = [], [], [], []

    def input(self, name, kind, *shape):
        self.inputs.append(_place(name, kind, shape))
        return name

    def output(self, name, kind, *shape):
        self.outputs.append(_place(name, kind, shape))

    def constant(self, value, kind=None):
        name = f"c{len(self.tensors)}"
        self.tensors.append(_tensor(name, numpy.asarray(value, kind)))
        return name

    def node(self, op, *inputs, to=None, **attributes):
        """The name of its output, `to` or one of its own; the attribute `to` is written `to_kind`."""
        name = to or f"n{len(self.nodes)}"
        facts = [_attribute(key.removesuffix("_kind"), value) for key, value in attributes.items()]
        self.nodes.append(b"".join(_bytes(1, item) for item in inputs) + _bytes(2, name) + _bytes(4, op)
                          + b"".join(_bytes(5, fact) for fact in facts))
        return name

    def write(self, path, **facts):
        """`facts`: what the model says about itself."""
        graph = (b"".join(_bytes(1, node) for node in self.nodes) + _bytes(2, "toy")
                 + b"".join(_bytes(5, tensor) for tensor in self.tensors)
                 + b"".join(_bytes(11, item) for item in self.inputs)
                 + b"".join(_bytes(12, item) for item in self.outputs))
        path.write_bytes(_number(1, 8) + _bytes(8, _number(2, 13)) + _bytes(7, graph)
                         + b"".join(_bytes(14, _bytes(1, key) + _bytes(2, str(value))) for key, value in facts.items()))
