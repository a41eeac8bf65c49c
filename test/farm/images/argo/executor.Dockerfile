# The executor as upstream ships its non-root variant (static, user 8737), without certificate
# authorities and SSH host keys: the farm keeps no artifacts and clones no repositories.
FROM scratch
COPY rootfs/ /
COPY --from=argoexec argoexec /bin/argoexec
ENV PATH=/bin
USER 8737:8737
ENTRYPOINT ["argoexec"]
