"""Track the blob in a video, like OpenCV's tutorial "Meanshift and Camshift"."""

import sys
import time

import cv2
import numpy as np

import backproj

cap = cv2.VideoCapture(sys.argv[1])
# take first frame of the video
ret, frame = cap.read()
# setup initial location of window
x, y, w, h = track_window = 216, 206, 81, 101
video = cv2.VideoWriter("meanshift.avi", cv2.VideoWriter_fourcc(*"MJPG"), 30, frame.shape[1::-1])

# set up the ROI for tracking
roi = frame[y : y + h, x : x + w]
mask = backproj.in_range(roi, (0, 60, 32), (180, 255, 255))
roi_hist = backproj.Histogram(roi, mask=mask, channels="h", bins=180, peak=255)

# either 10 iterations or move by at least 1 pt
term_crit = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 1)
times = []
while ret:
    start = time.perf_counter()
    # apply meanshift to get the new location
    ret, track_window = roi_hist.mean_shift(frame, track_window, term_crit)
    times.append(time.perf_counter() - start)

    print(len(times), track_window)
    x, y, w, h = track_window
    cv2.rectangle(frame, (x, y), (x + w, y + h), 255, 2)
    video.write(frame)
    ret, frame = cap.read()

video.release()
print(f"{1000 * np.median(times):.2f} ms per frame", file=sys.stderr)
