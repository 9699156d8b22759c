"""Cut the blob out of a video, like OpenCV's tutorial "Histogram Backprojection"."""

import sys
import time

import cv2
import numpy as np

import backproj

cap = cv2.VideoCapture(sys.argv[1])
ret, target = cap.read()
roi = target[226:286, 236:276]  # a part of the blob
video = cv2.VideoWriter("tutorial.avi", cv2.VideoWriter_fourcc(*"MJPG"), 30, target.shape[1::-1])

roihist = backproj.Histogram(roi, bins=(180, 256), peak=255)

times = []
while ret:
    start = time.perf_counter()
    res = roihist.cut_out(target)
    times.append(time.perf_counter() - start)

    print(len(times), cv2.mean(res)[:3])
    video.write(res)
    ret, target = cap.read()

video.release()
cv2.imwrite("tutorial.png", res)
print(f"{1000 * np.median(times):.2f} ms per frame", file=sys.stderr)
