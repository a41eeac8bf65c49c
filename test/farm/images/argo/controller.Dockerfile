# The workflow controller as upstream ships it (static, non-root, user 8737), without certificate
# authorities: in the farm it speaks to the API server only, whose CA comes with its token. Time zones
# are in the program.
FROM scratch
COPY rootfs/ /
COPY --from=workflow-controller workflow-controller /bin/workflow-controller
ENV PATH=/bin
USER 8737:8737
ENTRYPOINT ["workflow-controller"]
