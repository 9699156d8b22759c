"""Track the blob in a video, like OpenCV's tutorial "Meanshift and Camshift"."""

import sys
import time

import cv2
import numpy as np

cap = cv2.VideoCapture(sys.argv[1])
# take first frame of the video
ret, frame = cap.read()
# setup initial location of window
x, y, w, h = track_window = 216, 206, 81, 101
video = cv2.VideoWriter("meanshift.avi", cv2.VideoWriter_fourcc(*"MJPG"), 30, frame.shape[1::-1])

# set up the ROI for tracking
roi = frame[y : y + h, x : x + w]
hsv_roi = cv2.cvtColor(roi, cv2.COLOR_BGR2HSV)
mask = cv2.inRange(hsv_roi, np.array((0.0, 60.0, 32.0)), np.array((180.0, 255.0, 255.0)))
roi_hist = cv2.calcHist([hsv_roi], [0], mask, [180], [0, 180])
cv2.normalize(roi_hist, roi_hist, 0, 255, cv2.NORM_MINMAX)

# either 10 iterations or move by at least 1 pt
term_crit = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 1)
times = []
while ret:
    start = time.perf_counter()
    hsv = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)
    dst = cv2.calcBackProject([hsv], [0], roi_hist, [0, 180], 1)
    # apply meanshift to get the new location
    ret, track_window = cv2.meanShift(dst, track_window, term_crit)
    times.append(time.perf_counter() - start)

    print(len(times), track_window)
    x, y, w, h = track_window
    cv2.rectangle(frame, (x, y), (x + w, y + h), 255, 2)
    video.write(frame)
    ret, frame = cap.read()

video.release()
print(f"{1000 * np.median(times):.2f} ms per frame", file=sys.stderr)
