# The workflow controller as upstream ships it (static, non-root, user 8737), without certificate
# authorities: in the farm it speaks to the API server only, whose CA comes with its token. Time zones
# are in the program, or beside it if it is the project's own.
FROM scratch
COPY rootfs/ /
COPY --from=workflow-controller . /bin/
ENV PATH=/bin ZONEINFO=/bin/zoneinfo
USER 8737:8737
ENTRYPOINT ["workflow-controller"]
