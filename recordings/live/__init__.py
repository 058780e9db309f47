"""Live outputs: a session's picture and sound, followed from the log's tail, encoded
once, and pushed to RTMP servers and into pieces for HLS.

watch (rows), follow (log) -> stage -> compositor, mixer -> encoding -> targets, pieces
"""
