# The product in one image: web, worker and beat differ by their command only.
FROM python:3.12-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 STATIC_ROOT=/srv/static DATA_DIR=/srv/data
WORKDIR /srv/observer
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
COPY requirements.txt vendor/http_ece-1.2.1-py2.py3-none-any.whl ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt \
 && pip install --no-cache-dir --no-deps --no-index ./http_ece-*.whl
COPY manage.py ./
COPY observer observer
COPY incidents incidents
COPY templates templates
RUN SECRET_KEY=only-while-building python manage.py collectstatic --noinput \
 && useradd --system --home-dir /srv/data observer \
 && mkdir -p /srv/data && chown observer /srv/data
USER observer
VOLUME /srv/data
EXPOSE 8000
CMD ["gunicorn", "--config", "observer/gunicorn.py", "observer.wsgi"]
