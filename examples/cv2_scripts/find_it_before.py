"""Find the blob in every frame of a video."""

import ctypes
import sys
import time

import cv2
import numpy as np

# Compiled from benchmarks/find_it.cpp.
dll = ctypes.CDLL("./find_it.so")
dll.find_it.restype = ctypes.POINTER(ctypes.c_ubyte)
dll.find_it.argtypes = [ctypes.c_void_p, ctypes.c_void_p, *4 * [ctypes.c_int]]


def find_it(image, model):
    """Return the back projection."""
    h, w = image.shape[:2]
    mh, mw = model.shape[:2]
    result = dll.find_it(image.ctypes.data, model.ctypes.data, w, h, mw, mh)
    return np.fromiter(result, dtype=np.uint8, count=w * h).reshape(h, w)


cap = cv2.VideoCapture(sys.argv[1])
ret, frame = cap.read()
model = frame[206:307, 216:297].copy()
video = cv2.VideoWriter("find_it.avi", cv2.VideoWriter_fourcc(*"MJPG"), 30, frame.shape[1::-1])

times = []
while ret:
    start = time.perf_counter()
    prob = find_it(frame, model)
    times.append(time.perf_counter() - start)

    moments = cv2.moments(cv2.threshold(prob, 127, 255, cv2.THRESH_BINARY)[1], True)
    x, y = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
    print(f"{len(times)}: {int(moments['m00'])} pixels around {x:.2f}, {y:.2f}")
    cv2.circle(frame, (round(x), round(y)), 5, (0, 0, 255), -1)
    video.write(frame)
    ret, frame = cap.read()

video.release()
cv2.imwrite("find_it.png", prob)
print(f"{1000 * np.median(times):.2f} ms per frame", file=sys.stderr)
