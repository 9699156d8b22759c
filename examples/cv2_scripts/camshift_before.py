"""Track the blob in a video with CamShift, like OpenCV's sample camshift.py."""

import sys
import time

import cv2
import numpy as np

cap = cv2.VideoCapture(sys.argv[1])
ret, frame = cap.read()
x, y, w, h = track_window = 216, 206, 81, 101
video = cv2.VideoWriter("camshift.avi", cv2.VideoWriter_fourcc(*"MJPG"), 30, frame.shape[1::-1])

hsv = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)
mask = cv2.inRange(hsv, np.array((0.0, 60.0, 32.0)), np.array((180.0, 255.0, 255.0)))
hsv_roi = hsv[y : y + h, x : x + w]
mask_roi = mask[y : y + h, x : x + w]
hist = cv2.calcHist([hsv_roi], [0], mask_roi, [16], [0, 180])
cv2.normalize(hist, hist, 0, 255, cv2.NORM_MINMAX)

term_crit = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 1)
times = []
while ret:
    start = time.perf_counter()
    hsv = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)
    mask = cv2.inRange(hsv, np.array((0.0, 60.0, 32.0)), np.array((180.0, 255.0, 255.0)))
    prob = cv2.calcBackProject([hsv], [0], hist, [0, 180], 1)
    prob &= mask
    track_box, track_window = cv2.CamShift(prob, track_window, term_crit)
    times.append(time.perf_counter() - start)

    print(len(times), track_window, track_box)
    cv2.ellipse(frame, track_box, (0, 0, 255), 2)
    video.write(frame)
    ret, frame = cap.read()

video.release()
print(f"{1000 * np.median(times):.2f} ms per frame", file=sys.stderr)
