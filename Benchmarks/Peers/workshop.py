"""The workshop's application: slow data through Redis, with Flask and redis-py. Run under gunicorn."""
import logging
import os
import time

import redis
from flask import Flask, jsonify

app = Flask(__name__)
cache = redis.Redis(
    host="127.0.0.1", port=int(os.environ["REDIS_PORT"]), password=os.environ["REDIS_PASSWORD"], decode_responses=True)
ROWS = {"foo": "valeur_de_foo", "bar": "valeur_de_bar"}


def query(key):
    """Stands for a slow database."""
    time.sleep(2)
    return ROWS.get(key, f"data_pour_{key}")


@app.get("/data/<key>")
def data(key):
    try:
        value = cache.get(key)
    except redis.RedisError as failure:
        logging.warning("Redis could not be read: %s", failure)
        value = None
    if value is not None:
        return jsonify(data=value, source="cache")

    value = query(key)
    try:
        cache.setex(key, 60, value)
    except redis.RedisError as failure:
        logging.warning("Redis could not be written: %s", failure)
    return jsonify(data=value, source="database")


@app.get("/alive")
def alive():
    return "Healthy"
