"""Track the blob in a video with CamShift, like OpenCV's sample camshift.py."""

import sys
import time

import cv2
import numpy as np

import backproj

cap = cv2.VideoCapture(sys.argv[1])
ret, frame = cap.read()
x, y, w, h = track_window = 216, 206, 81, 101
video = cv2.VideoWriter("camshift.avi", cv2.VideoWriter_fourcc(*"MJPG"), 30, frame.shape[1::-1])

gate = (0, 60, 32), (180, 255, 255)
roi = frame[y : y + h, x : x + w]
hist = backproj.Histogram(roi, channels="h", bins=16, in_range=gate, peak=255)

term_crit = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 1)
times = []
while ret:
    start = time.perf_counter()
    track_box, track_window = hist.cam_shift(frame, track_window, term_crit)
    times.append(time.perf_counter() - start)

    print(len(times), track_window, track_box)
    cv2.ellipse(frame, track_box, (0, 0, 255), 2)
    video.write(frame)
    ret, frame = cap.read()

video.release()
print(f"{1000 * np.median(times):.2f} ms per frame", file=sys.stderr)
