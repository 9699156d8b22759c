"""Cut the skin out of photographs, like OpenCV's tutorial "Histogram Backprojection"."""

import sys
import time

import cv2
import numpy as np

import backproj

target = cv2.imread(sys.argv[1])
roi = target[85:160, 200:245]  # a part of the face
roihist = backproj.Histogram(roi, bins=(180, 256), peak=255)

times = []
for path in sys.argv[1:]:
    target = cv2.imread(path)
    start = time.perf_counter()
    thresh = roihist.segment(target)
    res = backproj.cut_out(target, thresh)
    times.append(time.perf_counter() - start)

    contours, _ = cv2.findContours(thresh, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(contours, key=cv2.contourArea)
    print(path, cv2.boundingRect(largest), cv2.contourArea(largest))
    thresh = cv2.merge((thresh, thresh, thresh))
    res = np.hstack((target, thresh, res))
    cv2.imwrite(f"skin-{len(times)}.png", res)

print(f"{1000 * np.median(times):.2f} ms per photograph", file=sys.stderr)
