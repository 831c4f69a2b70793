"""The head of a wake model: a net of one hidden layer on the last embeddings, trained here and written
as the ONNX model that openWakeWord's own heads are."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HIDDEN = 32


class Head:
    def __init__(self, inputs, seed):
        random = np.random.default_rng(seed)
        self.mean, self.scale = np.zeros(inputs), np.ones(inputs)
        self.weights = [random.normal(size=(inputs, HIDDEN)) / np.sqrt(inputs), np.zeros(HIDDEN),
                        random.normal(size=(HIDDEN, 1)) / np.sqrt(HIDDEN), np.zeros(1)]

    def logits(self, rows):
        first, bias, second, last = self.weights
        return (np.maximum((rows - self.mean) / self.scale @ first + bias, 0) @ second + last)[:, 0]

    def train(self, rows, wanted, weight, epochs, seed):
        """Adam on the weighted cross entropy. Inputs are dropped by chance and shaken by as much as they differ, so that
        the head learns what voices have in common; otherwise it misses more calls of unknown ones in noise."""
        random = np.random.default_rng(seed)
        self.mean, self.scale = rows.mean(0), rows.std(0) + 1e-3
        rows = ((rows - self.mean) / self.scale).astype(np.float32)
        self.weights = [part.astype(np.float32) for part in self.weights]
        first = [np.zeros_like(part) for part in self.weights]
        second = [np.zeros_like(part) for part in self.weights]
        step, batch = 0, 512
        for epoch in range(epochs):
            order = random.permutation(len(rows))
            rate = 1e-3 * 0.5 * (1 + np.cos(np.pi * epoch / epochs)) + 1e-6
            for at in range(0, len(order) - batch + 1, batch):
                some = order[at:at + batch]
                mask = (random.random((batch, rows.shape[1])) > 0.3).astype(np.float32) / 0.7
                shaken = rows[some] + random.standard_normal((batch, rows.shape[1]), np.float32)
                gradients = self._gradients(shaken * mask, wanted[some], weight[some])
                step += 1
                for part, gradient, mean, square in zip(self.weights, gradients, first, second, strict=True):
                    mean += 0.1 * (gradient - mean)
                    square += 0.001 * (gradient ** 2 - square)
                    part -= rate * ((mean / (1 - 0.9 ** step)) / (np.sqrt(square / (1 - 0.999 ** step)) + 1e-8)
                                    + 0.01 * part * (part.ndim == 2))
        self.scale = self.scale.astype(np.float64)

    def _gradients(self, rows, wanted, weight):
        first, bias, second, last = self.weights
        hidden = np.maximum(rows @ first + bias, 0)
        logits = (hidden @ second + last)[:, 0]
        error = (weight * (1 / (1 + np.exp(-np.clip(logits, -30, 30))) - wanted) / len(rows)).astype(np.float32)
        back = error[:, None] @ second.T * (hidden > 0)
        return [rows.T @ back, back.sum(0), hidden.T @ error[:, None], np.array([error.sum()], np.float32)]

    def write(self, path, moments, shift):
        """`shift`: what is added to the logit, so that a score of 0.5 is the threshold."""
        first, bias, second, last = (part.astype(np.float64) for part in self.weights)
        first = first / self.scale[:, None]
        values = {"first": first, "bias": bias - self.mean @ first, "second": second, "last": last + shift}
        nodes = [helper.make_node("Flatten", ["embeddings"], ["row"]),
                 helper.make_node("Gemm", ["row", "first", "bias"], ["inner"]),
                 helper.make_node("Relu", ["inner"], ["hidden"]),
                 helper.make_node("Gemm", ["hidden", "second", "last"], ["logit"]),
                 helper.make_node("Sigmoid", ["logit"], ["score"])]
        graph = helper.make_graph(
            nodes, "wake", [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, [1, moments, 96])],
            [helper.make_tensor_value_info("score", TensorProto.FLOAT, [1, 1])],
            [numpy_helper.from_array(value.astype(np.float32), name) for name, value in values.items()])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, path)
