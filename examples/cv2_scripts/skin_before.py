"""Cut the skin out of photographs, like OpenCV's tutorial "Histogram Backprojection"."""

import sys
import time

import cv2
import numpy as np

target = cv2.imread(sys.argv[1])
roi = target[85:160, 200:245]  # a part of the face
hsv = cv2.cvtColor(roi, cv2.COLOR_BGR2HSV)

# calculating object histogram
roihist = cv2.calcHist([hsv], [0, 1], None, [180, 256], [0, 180, 0, 256])
cv2.normalize(roihist, roihist, 0, 255, cv2.NORM_MINMAX)

disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
times = []
for path in sys.argv[1:]:
    target = cv2.imread(path)
    start = time.perf_counter()
    hsvt = cv2.cvtColor(target, cv2.COLOR_BGR2HSV)
    dst = cv2.calcBackProject([hsvt], [0, 1], roihist, [0, 180, 0, 256], 1)

    # Now convolute with circular disc
    cv2.filter2D(dst, -1, disc, dst)

    # threshold and binary AND
    ret, thresh = cv2.threshold(dst, 50, 255, 0)
    res = cv2.bitwise_and(target, target, mask=thresh)
    times.append(time.perf_counter() - start)

    contours, _ = cv2.findContours(thresh, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(contours, key=cv2.contourArea)
    print(path, cv2.boundingRect(largest), cv2.contourArea(largest))
    thresh = cv2.merge((thresh, thresh, thresh))
    res = np.hstack((target, thresh, res))
    cv2.imwrite(f"skin-{len(times)}.png", res)

print(f"{1000 * np.median(times):.2f} ms per photograph", file=sys.stderr)
