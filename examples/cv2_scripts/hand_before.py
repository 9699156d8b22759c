"""Follow the tip of the blob in a video, as scripts that follow the tip of a finger do."""

import sys
import time

import cv2
import numpy as np

cap = cv2.VideoCapture(sys.argv[1])
ret, frame = cap.read()
video = cv2.VideoWriter("hand.avi", cv2.VideoWriter_fourcc(*"MJPG"), 30, frame.shape[1::-1])

# the colours in nine squares, where people are asked to hold their hand
squares = [frame[y : y + 10, x : x + 10] for y in (226, 251, 276) for x in (231, 251, 271)]
hsv = cv2.cvtColor(np.vstack(squares), cv2.COLOR_BGR2HSV)
hist = cv2.calcHist([hsv], [0, 1], None, [180, 256], [0, 180, 0, 256])
cv2.normalize(hist, hist, 0, 255, cv2.NORM_MINMAX)

disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (31, 31))
times = []
while ret:
    start = time.perf_counter()
    hsv = cv2.cvtColor(frame, cv2.COLOR_BGR2HSV)
    dst = cv2.calcBackProject([hsv], [0, 1], hist, [0, 180, 0, 256], 1)
    cv2.filter2D(dst, -1, disc, dst)
    _, thresh = cv2.threshold(dst, 150, 255, cv2.THRESH_BINARY)
    thresh = cv2.merge((thresh, thresh, thresh))
    hand = cv2.bitwise_and(frame, thresh)
    times.append(time.perf_counter() - start)

    # the outline of the largest region, its centre, and the point farthest from that
    _, outline = cv2.threshold(cv2.cvtColor(hand, cv2.COLOR_BGR2GRAY), 0, 255, cv2.THRESH_BINARY)
    contours, _ = cv2.findContours(outline, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(contours, key=cv2.contourArea)
    moments = cv2.moments(largest)
    centre = np.array((moments["m10"], moments["m01"])) / moments["m00"]
    hull = cv2.convexHull(largest)[:, 0]
    tip = hull[np.linalg.norm(hull - centre, axis=1).argmax()]
    print(len(times), centre, tip)
    cv2.drawContours(hand, [largest], -1, (255, 255, 255), 1)
    cv2.circle(hand, tip.tolist(), 8, (0, 0, 255), -1)
    video.write(hand)
    ret, frame = cap.read()

video.release()
cv2.imwrite("hand.png", hand)
print(f"{1000 * np.median(times):.2f} ms per frame", file=sys.stderr)
