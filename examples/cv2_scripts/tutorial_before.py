"""Cut the blob out of a video, like OpenCV's tutorial "Histogram Backprojection"."""

import sys
import time

import cv2
import numpy as np

cap = cv2.VideoCapture(sys.argv[1])
ret, target = cap.read()
roi = target[226:286, 236:276]  # a part of the blob
video = cv2.VideoWriter("tutorial.avi", cv2.VideoWriter_fourcc(*"MJPG"), 30, target.shape[1::-1])

hsv = cv2.cvtColor(roi, cv2.COLOR_BGR2HSV)
# calculating object histogram
roihist = cv2.calcHist([hsv], [0, 1], None, [180, 256], [0, 180, 0, 256])
# normalize histogram
cv2.normalize(roihist, roihist, 0, 255, cv2.NORM_MINMAX)
disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))

times = []
while ret:
    start = time.perf_counter()
    # apply backprojection
    hsvt = cv2.cvtColor(target, cv2.COLOR_BGR2HSV)
    dst = cv2.calcBackProject([hsvt], [0, 1], roihist, [0, 180, 0, 256], 1)
    # Now convolute with circular disc
    cv2.filter2D(dst, -1, disc, dst)
    # threshold and binary AND
    ret, thresh = cv2.threshold(dst, 50, 255, 0)
    thresh = cv2.merge((thresh, thresh, thresh))
    res = cv2.bitwise_and(target, thresh)
    times.append(time.perf_counter() - start)

    print(len(times), cv2.mean(res)[:3])
    video.write(res)
    ret, target = cap.read()

video.release()
cv2.imwrite("tutorial.png", res)
print(f"{1000 * np.median(times):.2f} ms per frame", file=sys.stderr)
